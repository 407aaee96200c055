/*
 * Becomes root of a user namespace of its own, then another program.
 *
 * Ranges of further users can only be given from outside the namespace, so a child stays
 * there and starts newuidmap and newgidmap, or writes the maps itself where it may. Without
 * them the namespace has one user. What happened is told to the program by an environment
 * variable, since there is nobody else who could say it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "slipway-exec.h"

#define MAX_NUMBERS 300

static int write_text(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  ssize_t count = file < 0 ? -1 : write(file, text, strlen(text));
  if (file >= 0) close(file);
  return count == (ssize_t)strlen(text);
}

/* `map`: numbers in threes with a blank between; inside, outside, how many. */
static int write_map(pid_t process, const char *name, const char *map) {
  char path[64], text[4096], copy[4096];
  int used = 0, at = 0;
  snprintf(path, sizeof path, "/proc/%d/%s", (int)process, name);
  snprintf(copy, sizeof copy, "%s", map);
  for (char *word = strtok(copy, " "); word && used < (int)sizeof text; word = strtok(NULL, " "))
    used += snprintf(text + used, sizeof text - (size_t)used, "%s%c", word, ++at % 3 ? ' ' : '\n');
  return write_text(path, text);
}

static int start_mapper(const char *mapper, pid_t process, const char *map) {
  char *words[MAX_NUMBERS + 3], number[16], copy[4096];
  int count = 0, status;
  snprintf(number, sizeof number, "%d", (int)process);
  snprintf(copy, sizeof copy, "%s", map);
  words[count++] = (char *)mapper;
  words[count++] = number;
  for (char *word = strtok(copy, " "); word && count < MAX_NUMBERS + 2; word = strtok(NULL, " ")) words[count++] = word;
  words[count] = NULL;
  pid_t child = fork();
  if (child == 0) {
    int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, 1);
    dup2(nothing, 2);
    execv(mapper, words);
    _exit(127);
  }
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Stays outside: maps once told that the namespace is there. Its exit status has a bit for each map that failed. */
static void give_maps(int told, pid_t process, char **maps, char **mappers) {
  char byte;
  int failed = 0;
  if (read(told, &byte, 1) != 1) _exit(3);
  for (int i = 0; i < 2; i++) {
    int done = *mappers[i] ? start_mapper(mappers[i], process, maps[i]) : write_map(process, i ? "gid_map" : "uid_map", maps[i]);
    if (!done) failed |= 1 << i;
  }
  _exit(failed);
}

/* enter UID-MAP GID-MAP UID-MAPPER GID-MAPPER VARIABLE COMMAND ARG...; a mapper may be empty. */
void enter_user_namespace(char **words) {
  char **maps = words, **mappers = words + 2, *variable = words[4], **command = words + 5, value[64];
  int pipe_ends[2], status = 3;
  uid_t uid = geteuid();
  gid_t gid = getegid();
  pid_t self = getpid();
  snprintf(value, sizeof value, "%d:%d", (int)uid, (int)gid);
  if (pipe2(pipe_ends, O_CLOEXEC) < 0) _exit(125);
  pid_t child = fork();
  if (child == 0) {
    close(pipe_ends[1]);
    give_maps(pipe_ends[0], self, maps, mappers);
  }
  if (child < 0 || unshare(CLONE_NEWUSER) < 0) snprintf(value, sizeof value, "refused %d", errno);
  else if (write(pipe_ends[1], "", 1) != 1) _exit(125);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  int failed = WIFEXITED(status) ? WEXITSTATUS(status) : 3;
  if (*value != 'r' && failed) {
    char alone[64];
    snprintf(alone, sizeof alone, "0 %d 1", (int)uid);
    if (failed & 1) write_map(self, "uid_map", alone);
    snprintf(alone, sizeof alone, "0 %d 1", (int)gid);
    if (failed & 2) {
      write_text("/proc/self/setgroups", "deny");
      write_map(self, "gid_map", alone);
    }
  }
  setenv(variable, value, 1);
  execvp(command[0], command);
  dprintf(2, "%s: %s\n", command[0], strerror(errno));
  _exit(errno == ENOENT ? 127 : 126);
}

/* identity UID GID: a namespace within, in which this one's root is that user. */
void op_identity(const char *uid, const char *gid) {
  char map[64];
  if (unshare(CLONE_NEWUSER) < 0) fail("identity", "unshare");
  write_text("/proc/self/setgroups", "deny");
  snprintf(map, sizeof map, "%s 0 1", uid);
  if (!write_text("/proc/self/uid_map", map)) fail("identity", uid);
  snprintf(map, sizeof map, "%s 0 1", gid);
  if (!write_text("/proc/self/gid_map", map)) fail("identity", gid);
  /* A change of rights has taken it back. */
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) fail("identity", "pdeathsig");
}
