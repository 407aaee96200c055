/*
 * Performs a list of operations one by one, then becomes a program.
 *
 * Node.js cannot fork, mount or load a seccomp filter; this can, and decides nothing: every
 * operation and its order come from TypeScript (src/executor). The list is read from
 * descriptor 3 as NUL-terminated strings: the number of words of an operation, then its
 * words. What fails is told on descriptor 4 as "OPERATION ERRNO WORD", with exit status 125.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM_FD 3
#define STATUS_FD 4
#define MAX_WORDS 100000

extern char **environ;

static void fail(const char *operation, const char *word) {
  dprintf(STATUS_FD, "%s %d %s", operation, errno, word ? word : "");
  _exit(125);
}

static char *read_all(size_t *length) {
  size_t size = 1 << 16, used = 0;
  char *text = malloc(size);
  for (;;) {
    if (!text) fail("read", "program");
    ssize_t count = read(PROGRAM_FD, text + used, size - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("read", "program");
    if (count == 0) break;
    used += (size_t)count;
    if (used == size) text = realloc(text, size *= 2);
  }
  *length = used;
  return text;
}

static unsigned long number(const char *text) { return strtoul(text, NULL, 0); }

/* The child goes on as process 1 of a new namespace; the parent waits and ends as it ended. */
static pid_t child_pid;
static void forward(int signal_number) {
  if (child_pid > 0) kill(child_pid, signal_number);
}

static void op_fork(void) {
  int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
  pid_t parent = getpid();
  child_pid = fork();
  if (child_pid < 0) fail("fork", NULL);
  if (child_pid == 0) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("fork", "pdeathsig");
    (void)parent;
    return;
  }
  close(STATUS_FD);
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], forward);
  int status;
  while (waitpid(child_pid, &status, 0) < 0)
    if (errno != EINTR) _exit(125);
  _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

/* overlay TARGET UPPER WORK OPTIONS LOWER...: lowers from top to bottom; options as "name=value" or "name", commas between. */
static void op_overlay(char **words, int count) {
  const char *target = words[1], *upper = words[2], *work = words[3];
  int fs = (int)syscall(SYS_fsopen, "overlay", 1 /* FSOPEN_CLOEXEC */);
  if (fs < 0) fail("overlay", "fsopen");
  for (int i = 5; i < count; i++)
    if (syscall(SYS_fsconfig, fs, 1 /* FSCONFIG_SET_STRING */, "lowerdir+", words[i], 0) < 0) {
      if (i > 5 || errno != EINVAL) fail("overlay", words[i]);
      size_t size = 1;
      for (int j = 5; j < count; j++) size += strlen(words[j]) + 1;
      char *all = calloc(1, size);
      for (int j = 5; j < count; j++) strcat(strcat(all, j > 5 ? ":" : ""), words[j]);
      if (syscall(SYS_fsconfig, fs, 1, "lowerdir", all, 0) < 0) fail("overlay", "lowerdir");
      break;
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

/* readonly TARGET: this mount and those below it. */
struct attributes { unsigned long long set, clear, propagation, user_namespace; };
static void op_readonly(const char *target) {
  struct attributes attributes = {.set = 1 /* MOUNT_ATTR_RDONLY */};
  if (syscall(SYS_mount_setattr, AT_FDCWD, target, 0x8000 /* AT_RECURSIVE */, &attributes, sizeof attributes) == 0) return;
  if (mount(NULL, target, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0) fail("readonly", target);
}

/* mkdirs PATH MODE: the folder and those above it. */
static void op_mkdirs(char *path, mode_t mode) {
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (mkdir(path, 0755) < 0 && errno != EEXIST) fail("mkdirs", path);
    *slash = '/';
  }
  if (mkdir(path, mode) < 0 && errno != EEXIST) fail("mkdirs", path);
}

static void op_touch(const char *path) {
  int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
  if (file >= 0) close(file);
  else if (errno != EISDIR && errno != ENXIO && errno != EACCES) fail("touch", path);
}

static void op_write(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0 || write(file, text, strlen(text)) < 0) fail("write", path);
  close(file);
}

static void op_mknod(const char *path, mode_t mode, unsigned major_number, unsigned minor_number) {
  if (mknod(path, S_IFCHR | mode, makedev(major_number, minor_number)) < 0) fail("mknod", path);
  if (chmod(path, mode) < 0) fail("mknod", path);
}

static void op_pivot(const char *root) {
  if (chdir(root) < 0) fail("pivot", root);
  if (syscall(SYS_pivot_root, ".", ".") < 0) fail("pivot", root);
  if (umount2(".", MNT_DETACH) < 0) fail("pivot", "umount");
  if (chdir("/") < 0) fail("pivot", "/");
}

static void op_loopback(void) {
  struct ifreq request = {.ifr_flags = IFF_UP | IFF_RUNNING};
  strcpy(request.ifr_name, "lo");
  int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (handle < 0 || ioctl(handle, SIOCSIFFLAGS, &request) < 0) fail("loopback", NULL);
  close(handle);
}

static void op_groups(char **words, int count) {
  gid_t groups[1024];
  int length = 0;
  for (int i = 1; i < count && length < 1024; i++) groups[length++] = (gid_t)number(words[i]);
  if (setgroups((size_t)length, groups) < 0) fail("groups", NULL);
}

/* bounding MASK: all capabilities that are not in it are gone for good. */
static void op_bounding(unsigned long long mask) {
  for (int capability = 0; capability < 64; capability++) {
    if (mask >> capability & 1) continue;
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0 && errno != EINVAL) fail("bounding", NULL);
  }
}

/* capabilities EFFECTIVE PERMITTED INHERITABLE */
static void op_capabilities(unsigned long long effective, unsigned long long permitted, unsigned long long inheritable) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {
      {(unsigned)effective, (unsigned)permitted, (unsigned)inheritable},
      {(unsigned)(effective >> 32), (unsigned)(permitted >> 32), (unsigned)(inheritable >> 32)},
  };
  if (syscall(SYS_capset, &header, data) < 0) fail("capabilities", NULL);
}

/* seccomp HEX: a classic BPF program, eight bytes an instruction. */
static void op_seccomp(const char *hex) {
  size_t length = strlen(hex) / 2;
  unsigned char *bytes = malloc(length + 1);
  for (size_t i = 0; bytes && i < length; i++) sscanf(hex + 2 * i, "%2hhx", bytes + i);
  struct sock_fprog program = {.len = (unsigned short)(length / sizeof(struct sock_filter)), .filter = (struct sock_filter *)bytes};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) fail("seccomp", NULL);
}

static void op_limit(int resource, unsigned long soft, unsigned long hard) {
  struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard};
  if (setrlimit((__rlimit_resource_t)resource, &limit) < 0) fail("limit", NULL);
}

/* exec ENV-COUNT ENV... ARG...; 127 if there is no such program, 126 if it cannot be run. */
static void op_exec(char **words, int count) {
  int variables = (int)number(words[1]);
  char **environment = calloc((size_t)variables + 1, sizeof *environment);
  char **arguments = calloc((size_t)(count - variables), sizeof *arguments);
  if (!environment || !arguments) fail("exec", NULL);
  memcpy(environment, words + 2, (size_t)variables * sizeof *environment);
  memcpy(arguments, words + 2 + variables, (size_t)(count - 2 - variables) * sizeof *arguments);
  environ = environment;
  execvp(arguments[0], arguments);
  int reason = errno;
  dprintf(STATUS_FD, "exec %d %s", reason, arguments[0]);
  _exit(reason == ENOENT || reason == ENOTDIR ? 127 : 126);
}

static void perform(char **words, int count) {
  const char *name = words[0];
#define IS(text, wanted) (strcmp(name, text) == 0 && count >= (wanted))
  if (IS("unshare", 2)) { if (unshare((int)number(words[1])) < 0) fail(name, words[1]); }
  else if (IS("fork", 1)) op_fork();
  else if (IS("mount", 6)) { if (mount(*words[1] ? words[1] : NULL, words[2], *words[3] ? words[3] : NULL, number(words[4]), *words[5] ? words[5] : NULL) < 0) fail(name, words[2]); }
  else if (IS("trymount", 6)) (void)mount(*words[1] ? words[1] : NULL, words[2], *words[3] ? words[3] : NULL, number(words[4]), *words[5] ? words[5] : NULL);
  else if (IS("overlay", 5)) op_overlay(words, count);
  else if (IS("readonly", 2)) op_readonly(words[1]);
  else if (IS("mkdirs", 3)) op_mkdirs(words[1], (mode_t)number(words[2]));
  else if (IS("touch", 2)) op_touch(words[1]);
  else if (IS("write", 3)) op_write(words[1], words[2]);
  else if (IS("symlink", 3)) { if (symlink(words[1], words[2]) < 0) fail(name, words[2]); }
  else if (IS("mknod", 5)) op_mknod(words[1], (mode_t)number(words[2]), (unsigned)number(words[3]), (unsigned)number(words[4]));
  else if (IS("chown", 4)) { if (chown(words[1], (uid_t)number(words[2]), (gid_t)number(words[3])) < 0) fail(name, words[1]); }
  else if (IS("pivot", 2)) op_pivot(words[1]);
  else if (IS("loopback", 1)) op_loopback();
  else if (IS("hostname", 2)) { if (sethostname(words[1], strlen(words[1])) < 0) fail(name, words[1]); }
  else if (IS("limit", 4)) op_limit((int)number(words[1]), number(words[2]), number(words[3]));
  else if (IS("umask", 2)) umask((mode_t)number(words[1]));
  else if (IS("session", 1)) (void)setsid();
  else if (IS("groups", 1)) op_groups(words, count);
  else if (IS("gid", 2)) { gid_t gid = (gid_t)number(words[1]); if (setresgid(gid, gid, gid) < 0) fail(name, words[1]); }
  else if (IS("uid", 2)) { uid_t uid = (uid_t)number(words[1]); if (setresuid(uid, uid, uid) < 0) fail(name, words[1]); }
  else if (IS("bounding", 2)) op_bounding(strtoull(words[1], NULL, 0));
  else if (IS("capabilities", 4)) op_capabilities(strtoull(words[1], NULL, 0), strtoull(words[2], NULL, 0), strtoull(words[3], NULL, 0));
  else if (IS("nonewprivileges", 1)) { if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail(name, NULL); }
  else if (IS("seccomp", 2)) op_seccomp(words[1]);
  else if (IS("chdir", 2)) { if (chdir(words[1]) < 0) fail(name, words[1]); }
  else if (IS("exec", 3)) op_exec(words, count);
  else { errno = ENOSYS; fail(name, "unknown operation"); }
}

int main(void) {
  size_t length, at = 0;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("start", NULL);
  if (getppid() == 1 && getpid() != 1) _exit(125);
  char *program = read_all(&length);
  close(PROGRAM_FD);
  fcntl(STATUS_FD, F_SETFD, FD_CLOEXEC);
  umask(0);
  static char *words[MAX_WORDS];
  while (at < length) {
    int count = atoi(program + at);
    at += strlen(program + at) + 1;
    if (count < 1 || count >= MAX_WORDS) fail("start", "malformed program");
    for (int i = 0; i < count; i++) {
      if (at >= length) fail("start", "malformed program");
      words[i] = program + at;
      at += strlen(program + at) + 1;
    }
    words[count] = NULL;
    perform(words, count);
  }
  errno = EINVAL;
  fail("end", "nothing to run");
}
