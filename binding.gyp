{
  "variables": {
    # Warnings are errors for us (npm run build), not for a user who compiles with next year's compiler.
    "werror%": "false"
  },
  "targets": [
    {
      "target_name": "fd_selectors",
      "sources": [ "<!@(ls native/*.cc)" ],
      "include_dirs": [ "<!(node -p \"require('node-addon-api').include_dir\")" ],
      "defines": [
        "NAPI_VERSION=8", "NAPI_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED",
        # A worker may be terminated while it loads this: nothing can be thrown then, and that is no reason to abort.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
      ],
      "cflags": [ "-Wall", "-Wextra", "-O3", "-fvisibility=hidden" ],
      "cflags_cc!": [ "-std=gnu++17" ],
      "cflags_cc": [ "-std=gnu++20" ],
      "conditions": [
        [ "werror=='true'", { "cflags": [ "-Werror" ] } ]
      ]
    }
  ]
}
