# ef_flags: compiler and linker flags that all our targets share.
add_library(ef_flags INTERFACE)
target_compile_definitions(ef_flags INTERFACE _XOPEN_SOURCE=700 _FILE_OFFSET_BITS=64)
target_compile_options(ef_flags INTERFACE
	-Wall -Wextra -Wpedantic -Wshadow -Wcast-qual -Wwrite-strings -Wconversion
	-Wsign-conversion -Wformat=2 -Wvla -Wundef -Wimplicit-fallthrough -Wpointer-arith
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wnull-dereference
	-Wdouble-promotion)
if(ESPFLASH_WERROR)
	target_compile_options(ef_flags INTERFACE -Werror)
endif()
if(ESPFLASH_SANITIZE)
	target_compile_options(ef_flags INTERFACE
		-fsanitize=${ESPFLASH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
	target_link_options(ef_flags INTERFACE -fsanitize=${ESPFLASH_SANITIZE})
endif()
if(ESPFLASH_FUZZ)
	# Instrument the library, too: otherwise the fuzzer sees no coverage of the code under test.
	target_compile_options(ef_flags INTERFACE -fsanitize=fuzzer-no-link)
	target_link_options(ef_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(ESPFLASH_COVERAGE)
	target_compile_options(ef_flags INTERFACE --coverage -O0)
	target_link_options(ef_flags INTERFACE --coverage)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT ESPFLASH_SANITIZE)
	target_compile_options(ef_flags INTERFACE -fstack-protector-strong -D_FORTIFY_SOURCE=2)
	target_link_options(ef_flags INTERFACE -Wl,-z,relro,-z,now -pie)
	set(CMAKE_POSITION_INDEPENDENT_CODE ON)
endif()
