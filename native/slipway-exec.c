/*
 * Performs a list of operations one by one, then becomes a program.
 *
 * Node.js cannot fork, mount or load a seccomp filter; this can, and decides nothing: every
 * operation and its order come from TypeScript (src/executor). The list is read from
 * descriptor 3 as NUL-terminated strings: the number of words of an operation, then its
 * words. What fails is told on descriptor 4 as "OPERATION ERRNO WORD", with exit status 125;
 * mount points that had to be made are told there as "made 0 PATH". When the other end of
 * descriptor 4 is closed, everything is killed. With `enter` as its first argument it does
 * another thing: see user-namespace.c.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "slipway-exec.h"

#define PROGRAM_FD 3
#define STATUS_FD 4
#define MAX_WORDS 100000

extern char **environ;

void tell(const char *what, int reason, const char *word) {
  dprintf(STATUS_FD, "%s %d %s%c", what, reason, word ? word : "", 0);
}

void fail(const char *operation, const char *word) {
  tell(operation, errno, word);
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

/* Over this socket the child hands its terminal to the parent. */
static int terminal_socket = -1;

static int reaps = 0;

/* Kills what the child has left behind, which is this process's own since it is a subreaper, generation by generation. */
static void end_rest(pid_t child) {
  char path[64], text[4096];
  kill(-child, SIGKILL);
  snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
  for (;;) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0) close(file);
    if (length <= 0) return;
    text[length] = 0;
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
      if (atoi(word) > 0) kill(atoi(word), SIGKILL);
    while (waitpid(-1, NULL, WNOHANG) > 0) continue;
    usleep(1000);
  }
}

/*
 * Waits for the child and ends as it ended. Signals are passed on; when the descriptor of the
 * status hangs up, nobody wants the child any more. Its death is that of its pid namespace:
 * the kernel lets it be waited for only when the rest is gone.
 */
static void supervise(pid_t child, const sigset_t *signals, int terminal) {
  int status = 0, signal_fd = signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_fd < 0) _exit(125);
  struct pollfd watched[6] = {{.fd = signal_fd, .events = POLLIN}, {.fd = STATUS_FD}};
  int sources[] = {terminal, -1, pipes_watch(0), pipes_watch(1)};
  for (int i = 0; i < 4; i++) watched[i + 2] = (struct pollfd){.fd = sources[i], .events = POLLIN};
  for (;;) {
    pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) break;
    if (poll(watched, 6, -1) < 0 && errno != EINTR) break;
    if (watched[1].revents) {
      kill(child, SIGKILL);
      watched[1].fd = -1;
    }
    if (watched[2].revents && terminal_master < 0) {
      terminal_receive(terminal);
      watched[2].fd = terminal_master;
      watched[3].fd = 0;
    } else if (watched[2].revents && !terminal_output()) watched[2].fd = -1;
    if (watched[3].revents && !terminal_input()) watched[3].fd = -1;
    for (int i = 0; i < 2; i++)
      if (watched[i + 4].revents && !pipes_output(i)) watched[i + 4].fd = -1;
    struct signalfd_siginfo info;
    while (read(signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
      if (info.ssi_signo == SIGWINCH) terminal_resize();
      if (info.ssi_signo != SIGCHLD) kill(child, (int)info.ssi_signo);
    }
  }
  if (reaps) end_rest(child);
  terminal_end();
  pipes_end();
  _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

/*
 * fork [terminal|pipes] [reap]: the child goes on, as process 1 if there is a new namespace; with `reap`,
 * which is for those without, all it leaves behind is ended as well.
 */
static void op_fork(char **words, int count) {
  int terminal = 0;
  for (int i = 1; i < count; i++) {
    if (strcmp(words[i], "terminal") == 0) terminal = 1;
    if (strcmp(words[i], "reap") == 0) reaps = 1;
    if (strcmp(words[i], "pipes") == 0) pipes_make();
  }
  if (reaps && prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) fail("fork", "subreaper");
  sigset_t signals, before;
  int numbers[] = {SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH}, ends[2] = {-1, -1};
  sigemptyset(&signals);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(&signals, numbers[i]);
  sigprocmask(SIG_BLOCK, &signals, &before);
  if (terminal && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) fail("fork", "socketpair");
  pid_t child = fork();
  if (child < 0) fail("fork", NULL);
  if (child > 0) {
    if (terminal) close(ends[1]);
    supervise(child, &signals, ends[0]);
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  pipes_take();
  if (terminal) close(ends[0]);
  terminal_socket = ends[1];
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("fork", "pdeathsig");
}

/* mkdirs PATH MODE: the folder and those above it. */
static void op_mkdirs(char *path, mode_t mode) {
  if (strcmp(path, "/") == 0) return;
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (mkdir(path, 0755) < 0 && errno != EEXIST) fail("mkdirs", path);
    *slash = '/';
  }
  if (mkdir(path, mode) < 0 && errno != EEXIST) fail("mkdirs", path);
}

static unsigned char *from_hex(const char *hex, size_t *length) {
  *length = strlen(hex) / 2;
  unsigned char *bytes = malloc(*length + 1);
  if (!bytes) fail("memory", NULL);
  for (size_t i = 0; i < *length * 2; i++) {
    unsigned char digit = (unsigned char)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
    bytes[i / 2] = (unsigned char)(i % 2 ? bytes[i / 2] | digit : digit << 4);
  }
  return bytes;
}

/* file PATH MODE UID GID HEX: a new file. */
static void op_file(char **words) {
  size_t length, at = 0;
  unsigned char *bytes = from_hex(words[5], &length);
  int file = open(words[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  while (file >= 0 && at < length) {
    ssize_t count = write(file, bytes + at, length - at);
    if (count < 0) fail("file", words[1]);
    at += (size_t)count;
  }
  if (file < 0 || fchown(file, (uid_t)number(words[3]), (gid_t)number(words[4])) < 0 || fchmod(file, (mode_t)number(words[2])) < 0)
    fail("file", words[1]);
  close(file);
  free(bytes);
}

static void op_mknod(const char *path, mode_t mode, unsigned major_number, unsigned minor_number) {
  if (mknod(path, S_IFCHR | mode, makedev(major_number, minor_number)) < 0) fail("mknod", path);
  if (chmod(path, mode) < 0) fail("mknod", path);
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
  size_t length;
  unsigned char *bytes = from_hex(hex, &length);
  struct sock_fprog program = {.len = (unsigned short)(length / sizeof(struct sock_filter)), .filter = (struct sock_filter *)bytes};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) fail("seccomp", NULL);
}

static void op_limit(int resource, unsigned long soft, unsigned long hard, const char *word) {
  struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard};
  if (setrlimit((__rlimit_resource_t)resource, &limit) < 0) fail("limit", word);
}

/* As execvp does it, but what has no format that the kernel knows is not given to a shell. */
static void exec_on_path(char **arguments, char **environment) {
  const char *name = arguments[0], *path = getenv("PATH");
  if (strchr(name, '/') || !*name) {
    execve(name, arguments, environment);
    return;
  }
  int reason = ENOENT;
  char file[PATH_MAX];
  for (const char *at = path ? path : "/bin:/usr/bin"; at; at = strchr(at, ':') ? strchr(at, ':') + 1 : NULL) {
    int length = (int)strcspn(at, ":");
    if (snprintf(file, sizeof file, "%.*s%s%s", length, at, length ? "/" : "./", name) >= (int)sizeof file) continue;
    execve(file, arguments, environment);
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) return;
    if (errno == EACCES) reason = EACCES;
  }
  errno = reason;
}

/* exec ENV-COUNT ENV... ARG...; 127 if there is no such program, 126 if it cannot be run. */
static void op_exec(char **words, int count) {
  int variables = (int)number(words[1]);
  char **environment = calloc((size_t)variables + 1, sizeof *environment);
  char **arguments = calloc((size_t)(count - variables), sizeof *arguments);
  if (!environment || !arguments || variables > count - 3) fail("exec", NULL);
  memcpy(environment, words + 2, (size_t)variables * sizeof *environment);
  memcpy(arguments, words + 2 + variables, (size_t)(count - 2 - variables) * sizeof *arguments);
  environ = environment;
  exec_on_path(arguments, environment);
  int reason = errno;
  /* What a shell would say, since there is none to say it. */
  char text[256];
  snprintf(text, sizeof text, "%s", strerror(reason));
  *text = (char)tolower((unsigned char)*text);
  dprintf(2, "exec %s: %s\n", arguments[0], text);
  _exit(reason == ENOENT || reason == ENOTDIR ? 127 : 126);
}

static void perform(char **words, int count) {
  const char *name = words[0];
#define IS(text, wanted) (strcmp(name, text) == 0 && count >= (wanted))
  if (IS("unshare", 2)) { if (unshare((int)number(words[1])) < 0) fail(name, words[1]); }
  else if (IS("fork", 1)) op_fork(words, count);
  else if (IS("mount", 6)) { if (mount(*words[1] ? words[1] : NULL, words[2], *words[3] ? words[3] : NULL, number(words[4]), *words[5] ? words[5] : NULL) < 0) fail(name, words[2]); }
  else if (IS("trymount", 6)) (void)mount(*words[1] ? words[1] : NULL, words[2], *words[3] ? words[3] : NULL, number(words[4]), *words[5] ? words[5] : NULL);
  else if (IS("system", 5)) op_system(words);
  else if (IS("overlay", 5)) op_overlay(words, count);
  else if (IS("readonly", 2)) op_readonly(words[1], count > 2);
  else if (IS("tree", 4)) op_tree(number(words[1]), words[2], words[3]);
  else if (IS("attach", 3)) op_attach(number(words[1]), words[2]);
  else if (IS("file", 6)) op_file(words);
  else if (IS("place", 2)) make_place(words[1], 1, 0);
  else if (IS("terminal", 3)) terminal_open(terminal_socket, (unsigned short)number(words[1]), (unsigned short)number(words[2]));
  else if (IS("mkdirs", 3)) op_mkdirs(words[1], (mode_t)number(words[2]));
  else if (IS("symlink", 3)) { if (symlink(words[1], words[2]) < 0) fail(name, words[2]); }
  else if (IS("mknod", 5)) op_mknod(words[1], (mode_t)number(words[2]), (unsigned)number(words[3]), (unsigned)number(words[4]));
  else if (IS("chown", 4)) { if (chown(words[1], (uid_t)number(words[2]), (gid_t)number(words[3])) < 0) fail(name, words[1]); }
  else if (IS("chroot", 2)) { if (chroot(words[1]) < 0 || chdir("/") < 0) fail(name, words[1]); }
  else if (IS("pivot", 2)) op_pivot(words[1]);
  else if (IS("loopback", 1)) op_loopback();
  else if (IS("hostname", 2)) { if (sethostname(words[1], strlen(words[1])) < 0) fail(name, words[1]); }
  else if (IS("limit", 4)) op_limit((int)number(words[1]), number(words[2]), number(words[3]), words[1]);
  else if (IS("umask", 2)) umask((mode_t)number(words[1]));
  else if (IS("session", 1)) (void)setsid();
  else if (IS("identity", 3)) op_identity(words[1], words[2]);
  else if (IS("groups", 1)) op_groups(words, count);
  else if (IS("gid", 2)) { gid_t gid = (gid_t)number(words[1]); if (setresgid(gid, gid, gid) < 0) fail(name, words[1]); }
  else if (IS("uid", 2)) { uid_t uid = (uid_t)number(words[1]); pipes_give(uid); if (setresuid(uid, uid, uid) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail(name, words[1]); }
  else if (IS("bounding", 2)) op_bounding(strtoull(words[1], NULL, 0));
  else if (IS("capabilities", 4)) op_capabilities(strtoull(words[1], NULL, 0), strtoull(words[2], NULL, 0), strtoull(words[3], NULL, 0));
  else if (IS("nonewprivileges", 1)) { if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail(name, NULL); }
  else if (IS("seccomp", 2)) op_seccomp(words[1]);
  else if (IS("chdir", 2)) { if (chdir(words[1]) < 0) fail(name, words[1]); }
  else if (IS("exec", 3)) op_exec(words, count);
  else { errno = ENOSYS; fail(name, "unknown operation"); }
}

int main(int count_of_words, char **given) {
  size_t length, at = 0;
  if (count_of_words > 7 && strcmp(given[1], "enter") == 0) enter_user_namespace(given + 2);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("start", NULL);
  char *program = read_all(&length);
  close(PROGRAM_FD);
  fcntl(STATUS_FD, F_SETFD, FD_CLOEXEC);
  /* What whoever started slipway left open is none of the program's business. */
  syscall(SYS_close_range, STATUS_FD + 1, ~0U, 0);
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
