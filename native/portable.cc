// What this addon would otherwise import from a C or C++ library that is newer than the oldest that
// it loads with: docs/decisions/0017-one-binary.md.
#include <vector>

#ifdef __GLIBCXX__
namespace std {

// libstdc++ 11. Nobody can catch it here, where exceptions are off.
[[noreturn]] void __throw_bad_array_new_length();
void __throw_bad_array_new_length() { __throw_bad_alloc(); }

}  // namespace std
#endif

#ifdef __GLIBC__
// glibc 2.32. The headers of libstdc++ ask it whether a shared_ptr may count without atomics. It
// may not: Node has threads.
extern "C" {
__attribute__((visibility("hidden"))) char __libc_single_threaded = 0;
}
#endif
