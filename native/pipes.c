/*
 * Pipes for the output of a program.
 *
 * What Node.js gives a child to write to are sockets, and no socket can be opened by its name:
 * `echo > /dev/stderr` fails on one. So the program writes into pipes, and the parent passes on
 * what comes out of them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "slipway-exec.h"

/* Of standard output and standard error. */
static int reading[2] = {-1, -1}, writing[2] = {-1, -1};

void pipes_make(void) {
  for (int i = 0; i < 2; i++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) fail("fork", "pipe");
    reading[i] = ends[0];
    writing[i] = ends[1];
  }
}

void pipes_take(void) {
  for (int i = 0; i < 2; i++) {
    if (writing[i] < 0) return;
    if (dup2(writing[i], i + 1) < 0) fail("fork", "dup2");
    close(writing[i]);
    close(reading[i]);
  }
}

void pipes_give(uid_t uid) {
  /* Who may not give them away may still write to them. */
  for (int i = 0; i < 2; i++)
    if (writing[i] >= 0 && fchown(i + 1, uid, (gid_t)-1) < 0) continue;
}

int pipes_watch(int which) {
  if (writing[which] >= 0) close(writing[which]);
  return reading[which];
}

int pipes_output(int which) { return copy_some(reading[which], which + 1); }

void pipes_end(void) {
  for (int i = 0; i < 2; i++) {
    struct pollfd left = {.fd = reading[i], .events = POLLIN};
    while (reading[i] >= 0 && poll(&left, 1, 0) > 0 && left.revents & POLLIN && pipes_output(i)) continue;
  }
}
