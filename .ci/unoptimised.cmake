# HiGHS is built for release whatever cargo's profile is; for tests it is built as everything else is, in half of the time and with the same digits.
set(CMAKE_C_FLAGS_RELEASE "-O0 -DNDEBUG" CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELEASE "-O0 -DNDEBUG" CACHE STRING "")
