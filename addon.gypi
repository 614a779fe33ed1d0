{
  "variables": {
    # Warnings are errors for us (npm run build), not for a user who compiles with next year's compiler.
    "werror%": "false",
    # One binary for every C library and its age: docs/decisions/0017-one-binary.md. CMakeLists.txt does the same.
    "portable%": "true"
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
      # Optimized as Node's own configuration says, with -O3. Nothing is thrown, and whoever walks the stack has frame
      # pointers: tables for unwinding would be an eighth of the file.
      "cflags": [
        "-Wall", "-Wextra", "-fvisibility=hidden", "-ffunction-sections", "-fdata-sections",
        "-fno-asynchronous-unwind-tables", "-fno-unwind-tables"
      ],
      "cflags_cc!": [ "-std=gnu++17" ],
      "cflags_cc": [ "-std=gnu++20" ],
      "ldflags": [ "-Wl,--gc-sections" ],
      "conditions": [
        [ "werror=='true'", { "cflags": [ "-Werror" ] } ],
        [ "portable=='true' and target_arch in 'x64 arm64'", {
          # 64 bits as it is, and the names with 64 in them are newer than those without.
          "defines!": [ "_FILE_OFFSET_BITS=64" ],
          # Not linked with the C library, the addon asks for no version of it: Node has loaded one, and its names
          # are found there. Some distributions fortify what they compile, with functions that only glibc has.
          "cflags": [ "-U_FORTIFY_SOURCE" ],
          "ldflags": [ "-nodefaultlibs" ],
          "libraries": [ "-l:libstdc++.so.6" ]
        } ],
        # The helpers of outline atomics are in libgcc.
        [ "portable=='true' and target_arch=='arm64'", { "cflags": [ "-mno-outline-atomics" ] } ]
      ]
    }
  ]
}
