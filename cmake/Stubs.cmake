# Espressif's stub images become one generated C file in the build tree.
# ef_stub_source: the file; made by tools/gen-stubs from ESPFLASH_STUB_DIR, or
# from the npm package, or with no images at all.
set(EF_STUB_DIR "${ESPFLASH_STUB_DIR}")
set(EF_STUB_ORIGIN "${ESPFLASH_STUB_DIR}")
set(_npm "${CMAKE_CURRENT_SOURCE_DIR}/node_modules/esptool-js")
if(NOT EF_STUB_DIR AND EXISTS "${_npm}/lib/targets/stub_flasher")
	set(EF_STUB_DIR "${_npm}/lib/targets/stub_flasher")
	file(READ "${_npm}/package.json" _package)
	string(JSON _version GET "${_package}" version)
	set(EF_STUB_ORIGIN "esptool-js ${_version}")
endif()
if(NOT EF_STUB_DIR)
	message(STATUS "no stub images: run 'npm ci --ignore-scripts' or set ESPFLASH_STUB_DIR")
endif()
