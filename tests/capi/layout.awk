# From the header to a C program that prints the size of every struct and where each field stands.
BEGIN { print "#include <seathold.h>\n#include <stddef.h>\n#include <stdio.h>\nint main(void) {" }
/^typedef struct seathold_[a-z_]+ \{/ { name = $3; fields = "" }
name && /^  [a-z_0-9]+ \**[a-z_0-9]+(\[[0-9]+\])?;/ {
  field = $2
  gsub(/[*;]|\[.*/, "", field)
  fields = fields sprintf("  printf(\"  %%3zu %%3zu %s\\n\", offsetof(%s, %s), sizeof(((%s *)0)->%s));\n",
                          field, name, field, name, field)
}
name && /^  [a-z_0-9]+\* [a-z_0-9]+;|^  const char\* [a-z_]+;/ {
  field = $NF
  if ($1 == "const") field = $3
  gsub(/;.*/, "", field)
  fields = fields sprintf("  printf(\"  %%3zu %%3zu %s\\n\", offsetof(%s, %s), sizeof(((%s *)0)->%s));\n",
                          field, name, field, name, field)
}
name && /^\}/ {
  printf "  printf(\"%s %%zu\\n\", sizeof(%s));\n%s", name, name, fields
  name = ""
}
END { print "  return 0;\n}" }
