# Turns the pages and openapi.json into arrays.
#   cmake -DPAGES=<folder> -DOPENAPI=<file> -DOUT=<file.cc> -P embed.cmake
set(type_of_html "text/html; charset=utf-8")
set(type_of_css "text/css; charset=utf-8")
set(type_of_js "text/javascript; charset=utf-8")
set(type_of_json "application/json")
set(type_of_svg "image/svg+xml")
set(type_of_png "image/png")
set(type_of_ico "image/x-icon")
set(type_of_webmanifest "application/manifest+json")

string(REPEAT "0x..," 16 sixteen)
set(arrays)
set(table)
set(count 0)

macro(embed file path)
  file(READ ${file} hex HEX)
  file(SHA256 ${file} digest)
  string(SUBSTRING ${digest} 0 32 digest)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(${sixteen})" "\\1\n" bytes "${bytes}")
  string(APPEND arrays "constexpr unsigned char kFile${count}[] = {${bytes}0};\n")
  string(REGEX REPLACE ".*\\." "" extension ${file})
  if(NOT DEFINED type_of_${extension})
    message(FATAL_ERROR "${file}: what is the type of .${extension}?")
  endif()
  string(APPEND table "      {\"${path}\", \"${type_of_${extension}}\", \"\\\"${digest}\\\"\", "
    "Text(kFile${count}, sizeof kFile${count} - 1)},\n")
  math(EXPR count "${count} + 1")
endmacro()

embed(${OPENAPI} "/api/openapi.json")
file(GLOB_RECURSE files RELATIVE ${PAGES} ${PAGES}/*)
list(SORT files)
foreach(file IN LISTS files)
  set(path "/${file}")
  if(file STREQUAL "index.html")
    set(path "/")
  endif()
  embed(${PAGES}/${file} ${path})
endforeach()

file(WRITE ${OUT} "// Made by embed.cmake.
#include \"examples/web/pages.h\"

namespace seathold::web {
namespace {

${arrays}
std::string_view Text(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

const Page* All() {
  static const Page kAll[] = {
${table}  };
  return kAll;
}

}  // namespace

const Page& OpenapiPage() { return All()[0]; }
std::span<const Page> Pages() { return {All() + 1, ${count} - 1}; }

}  // namespace seathold::web
")
