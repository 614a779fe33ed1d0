# For a checkout. The package ships addon.gypi alone: some package managers compile whatever has a binding.gyp.
{ "includes": [ "addon.gypi" ] }
