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
      "defines": [ "NAPI_VERSION=8", "NAPI_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED" ],
      "cflags": [ "-Wall", "-Wextra", "-O3", "-fvisibility=hidden" ],
      "cflags_cc!": [ "-std=gnu++17" ],
      "cflags_cc": [ "-std=gnu++20" ],
      "conditions": [
        [ "werror=='true'", { "cflags": [ "-Werror" ] } ]
      ]
    }
  ]
}
