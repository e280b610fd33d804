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

# Hardening, in every build type: what is tested is what is shipped. Each flag only where the
# compiler has it. FORTIFY needs optimisation, and sanitizers bring their own checks.
include(CheckCCompilerFlag)
include(CheckCSourceCompiles)
if(NOT ESPFLASH_SANITIZE)
	foreach(_flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
			-mbranch-protection=standard)
		string(MAKE_C_IDENTIFIER "EF_HAS${_flag}" _has)
		check_c_compiler_flag(${_flag} ${_has})
		if(${_has})
			target_compile_options(ef_flags INTERFACE ${_flag})
		endif()
	endforeach()
	# Level 3 needs __builtin_dynamic_object_size: gcc 12, clang 9. Some distributions' compilers
	# define a level of their own.
	set(CMAKE_REQUIRED_FLAGS "-O2 -Werror")
	check_c_source_compiles("int main(int c, char **v) { return (int)__builtin_dynamic_object_size(v[c - 1], 0); }"
		EF_HAS_DYNAMIC_OBJECT_SIZE)
	unset(CMAKE_REQUIRED_FLAGS)
	set(_level 2)
	if(EF_HAS_DYNAMIC_OBJECT_SIZE)
		set(_level 3)
	endif()
	if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT ESPFLASH_COVERAGE)
		target_compile_options(ef_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=${_level})
	endif()
	set(CMAKE_POSITION_INDEPENDENT_CODE ON)
	target_link_options(ef_flags INTERFACE LINKER:-z,relro,-z,now
		$<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie>)
endif()
