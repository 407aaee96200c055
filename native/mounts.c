/* Mounts: overlays, trees that are opened before the root changes and attached after it, places to mount on. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "slipway-exec.h"

#define MAX_SLOTS 1024

/* Kernels before 6.8 take all lowers in one string, and mount(2) the longest one: a page. */
static void overlay_in_one_string(char **words, int count) {
  char text[4096];
  int used = 0;
  for (int i = 5; i < count && used < (int)sizeof text; i++)
    used += snprintf(text + used, sizeof text - (size_t)used, "%s%s", i > 5 ? ":" : "lowerdir=", words[i]);
  if (*words[2] && used < (int)sizeof text)
    used += snprintf(text + used, sizeof text - (size_t)used, ",upperdir=%s,workdir=%s", words[2], words[3]);
  char *options = text + used;
  if (*words[4] && used < (int)sizeof text) used += snprintf(text + used, sizeof text - (size_t)used, ",%s", words[4]);
  errno = E2BIG;
  if (used >= (int)sizeof text) fail("overlay", words[1]);
  if (mount("overlay", words[1], "overlay", 0, text) == 0) return;
  /* Options this kernel does not know are ones it does not do. */
  if (errno == EINVAL) *options = 0;
  if (mount("overlay", words[1], "overlay", 0, text) < 0) fail("overlay", words[1]);
}

/* overlay TARGET UPPER WORK OPTIONS LOWER...: lowers from top to bottom; options as "name=value" or "name", commas between. */
void op_overlay(char **words, int count) {
  const char *target = words[1], *upper = words[2], *work = words[3];
  int fs = (int)syscall(SYS_fsopen, "overlay", 1 /* FSOPEN_CLOEXEC */);
  if (fs < 0) fail("overlay", "fsopen");
  for (int i = 5; i < count; i++)
    if (syscall(SYS_fsconfig, fs, 1 /* FSCONFIG_SET_STRING */, "lowerdir+", words[i], 0) < 0) {
      if (i > 5 || errno != EINVAL) fail("overlay", words[i]);
      close(fs);
      return overlay_in_one_string(words, count);
    }
  if (*upper && syscall(SYS_fsconfig, fs, 1, "upperdir", upper, 0) < 0) fail("overlay", upper);
  if (*upper && syscall(SYS_fsconfig, fs, 1, "workdir", work, 0) < 0) fail("overlay", work);
  char *option = strtok(words[4], ",");
  for (; option; option = strtok(NULL, ",")) {
    char *value = strchr(option, '=');
    if (value) *value++ = 0;
    /* Options this kernel does not know are ones it does not do. */
    syscall(SYS_fsconfig, fs, value ? 1 : 0 /* FSCONFIG_SET_FLAG */, option, value, 0);
  }
  if (syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0) < 0) fail("overlay", "create");
  int mount_fd = (int)syscall(SYS_fsmount, fs, 1 /* FSMOUNT_CLOEXEC */, 0);
  if (mount_fd < 0) fail("overlay", "fsmount");
  if (syscall(SYS_move_mount, mount_fd, "", AT_FDCWD, target, 4 /* MOVE_MOUNT_F_EMPTY_PATH */) < 0) fail("overlay", target);
  close(mount_fd);
  close(fs);
}

/* readonly TARGET [recursive]: this mount, and those below it. */
struct attributes { unsigned long long set, clear, propagation, user_namespace; };
void op_readonly(const char *target, int recursive) {
  struct attributes attributes = {.set = 1 /* MOUNT_ATTR_RDONLY */};
  if (syscall(SYS_mount_setattr, AT_FDCWD, target, recursive ? 0x8000 /* AT_RECURSIVE */ : 0, &attributes, sizeof attributes) == 0) return;
  if (mount(NULL, target, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0) fail("readonly", target);
}

/* Tells that a mount point was made, by its real path. */
static void told_made(const char *path) {
  char real[PATH_MAX];
  if (realpath(path, real)) tell("made", 0, real);
}

/* What a link leads to is made where it leads to nothing. */
static void make_one(const char *path, int folder, int links) {
  char target[PATH_MAX], whole[PATH_MAX];
  struct stat found;
  if (stat(path, &found) == 0) return;
  ssize_t length = readlink(path, target, sizeof target - 1);
  if (length >= 0) {
    target[length] = 0;
    int above = *target == '/' ? 0 : (int)(strrchr(path, '/') - path) + 1;
    if (links > 20 || snprintf(whole, sizeof whole, "%.*s%s", above, path, target) >= (int)sizeof whole) fail("place", path);
    make_place(whole, folder, links + 1);
    return;
  }
  int file = folder ? mkdir(path, 0755) : open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
  if (file < 0) fail("place", path);
  if (!folder) close(file);
  told_made(path);
}

/* The folders above a path, and itself; each that is made is told. */
void make_place(const char *path, int folder, int links) {
  char part[PATH_MAX];
  for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
    make_one(part, 1, links);
  }
  make_one(path, folder, links);
}

/* tree SLOT ROOT PATH: a mount of what lies there, kept to be attached; links do not lead out of ROOT. */
static int slots[MAX_SLOTS];
void op_tree(unsigned long slot, const char *root, const char *path) {
  struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  int base = open(root, O_PATH | O_CLOEXEC);
  int file = base < 0 ? -1 : *path ? (int)syscall(SYS_openat2, base, path, &how, sizeof how) : dup(base);
  if (file < 0 || slot >= MAX_SLOTS) fail("open", *path ? path : root);
  int tree = (int)syscall(SYS_open_tree, file, "", AT_EMPTY_PATH | 1 /* OPEN_TREE_CLONE */ | O_CLOEXEC | 0x8000 /* AT_RECURSIVE */);
  if (tree < 0) fail("open_tree", path);
  slots[slot] = tree;
  close(file);
  close(base);
}

/* attach SLOT TARGET: mounts it; a place for it is made where there is none. */
void op_attach(unsigned long slot, const char *target) {
  struct stat source;
  if (slot >= MAX_SLOTS || fstat(slots[slot], &source) < 0) fail("attach", target);
  make_place(target, S_ISDIR(source.st_mode), 0);
  if (syscall(SYS_move_mount, slots[slot], "", AT_FDCWD, target, 4 | 0x10 /* MOVE_MOUNT_F_EMPTY_PATH, _T_SYMLINKS */) < 0) fail("attach", target);
  close(slots[slot]);
}

void op_pivot(const char *root) {
  if (chdir(root) < 0) fail("pivot", root);
  if (syscall(SYS_pivot_root, ".", ".") < 0) fail("pivot", root);
  if (umount2(".", MNT_DETACH) < 0) fail("pivot", "umount");
  if (chdir("/") < 0) fail("pivot", "/");
}

/*
 * system SLOT TYPE HOST ATTRIBUTES: a new /proc or /sys, kept to be attached; where this user may
 * not have one, the host's. It is made before the root changes: the kernel gives a new one only
 * to who sees one in full already.
 */
void op_system(char **words) {
  unsigned long slot = strtoul(words[1], NULL, 0);
  int fs = (int)syscall(SYS_fsopen, words[2], 1 /* FSOPEN_CLOEXEC */);
  int made = fs < 0 ? -1 : (int)syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0);
  int mount_fd = made < 0 ? -1 : (int)syscall(SYS_fsmount, fs, 1 /* FSMOUNT_CLOEXEC */, strtoul(words[4], NULL, 0));
  if (slot >= MAX_SLOTS || (mount_fd < 0 && errno != EPERM)) fail("system", words[2]);
  if (fs >= 0) close(fs);
  if (mount_fd < 0) op_tree(slot, words[3], "");
  else slots[slot] = mount_fd;
}
