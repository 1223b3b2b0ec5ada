/* Loads the library by name, as a runtime would, sells a little, and unloads it: a hundred times,
 * after which as many files and threads are open as after the first times, and no more memory.
 *
 *   loader LIBRARY */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <seathold.h>
#include <stdio.h>
#include <string.h>

typedef seathold_status (*init_fn)(seathold_options*, size_t, seathold_error*);
typedef seathold_status (*open_fn)(const seathold_options*, seathold_engine*, seathold_error*);
typedef seathold_status (*close_fn)(seathold_engine, int64_t, seathold_error*);
typedef uint32_t (*version_fn)(void);

static int entries(const char* path) {
  DIR* folder = opendir(path);
  int count = 0;
  if (folder == NULL) return -1;
  while (readdir(folder) != NULL) ++count;
  closedir(folder);
  return count;
}

static long resident_pages(void) {
  long size = 0, resident = 0;
  FILE* file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%ld %ld", &size, &resident) != 2) resident = -1;
  if (file != NULL) fclose(file);
  return resident;
}

/* POSIX gives functions as object pointers; C says to copy the bits. */
static int find(void* library, const char* name, void* function, size_t size) {
  void* symbol = dlsym(library, name);
  if (symbol == NULL) return 0;
  memcpy(function, &symbol, size);
  return 1;
}

static const char* once(const char* path) {
  init_fn options_init;
  open_fn engine_open;
  close_fn engine_close;
  version_fn abi;
  seathold_options options;
  seathold_engine engine;
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return dlerror();
  if (!find(library, "seathold_options_init", &options_init, sizeof options_init) ||
      !find(library, "seathold_open", &engine_open, sizeof engine_open) ||
      !find(library, "seathold_close", &engine_close, sizeof engine_close) ||
      !find(library, "seathold_abi_version", &abi, sizeof abi)) {
    return "a symbol is missing";
  }
  if (abi() < SEATHOLD_ABI_VERSION) return "the library is older than its header";
  if (options_init(&options, sizeof options, NULL) != SEATHOLD_OK) return "options";
  options.storage.data = "memory:";
  options.storage.size = 7;
  if (engine_open(&options, &engine, NULL) != SEATHOLD_OK) return "open";
  if (engine_close(engine, SEATHOLD_TIMEOUT_DEFAULT, NULL) != SEATHOLD_OK) return "close";
  return dlclose(library) == 0 ? NULL : "dlclose";
}

int main(int argc, char** argv) {
  int i, files = 0, threads = 0;
  long pages = 0, grown;
  if (argc != 2) return 2;
  for (i = 0; i < 110; ++i) {
    const char* bad = once(argv[1]);
    if (bad != NULL) {
      fprintf(stderr, "load %d: %s\n", i, bad);
      return 1;
    }
    if (i == 9) {
      files = entries("/proc/self/fd");
      threads = entries("/proc/self/task");
      pages = resident_pages();
    }
  }
  grown = resident_pages() - pages;
  printf("files %d -> %d, threads %d -> %d, resident pages grown %ld\n", files,
         entries("/proc/self/fd"), threads, entries("/proc/self/task"), grown);
  return entries("/proc/self/fd") == files && entries("/proc/self/task") == threads && grown < 64
             ? 0
             : 1;
}
