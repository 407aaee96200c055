/*
 * A terminal for a process in a container.
 *
 * It belongs to the container's own devpts, so that ttyname() and /dev/tty work in there. Its
 * other end travels to the parent outside, which copies between it and its own descriptors.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "slipway-exec.h"

int terminal_master = -1;
static struct termios before;
static int raw;

static void send_descriptor(int socket, int descriptor) {
  char byte = 0, space[CMSG_SPACE(sizeof descriptor)] = {0};
  struct iovec part = {.iov_base = &byte, .iov_len = 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptor);
  memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  if (sendmsg(socket, &message, 0) < 0) fail("terminal", "send");
}

void terminal_open(int socket, unsigned short rows, unsigned short columns) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  unsigned index;
  int unlocked = 0, console;
  char name[32];
  int master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0 || ioctl(master, TIOCSPTLCK, &unlocked) < 0 || ioctl(master, TIOCGPTN, &index) < 0) fail("terminal", "/dev/pts/ptmx");
  snprintf(name, sizeof name, "/dev/pts/%u", index);
  int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) fail("terminal", name);
  ioctl(slave, TIOCSWINSZ, &size);
  if ((console = open("/dev/console", O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600)) >= 0) close(console);
  if (mount(name, "/dev/console", NULL, MS_BIND, NULL) < 0) fail("terminal", "/dev/console");
  send_descriptor(socket, master);
  if (ioctl(slave, TIOCSCTTY, 0) < 0) fail("terminal", "controlling");
  for (int i = 0; i < 3; i++)
    if (dup2(slave, i) < 0) fail("terminal", "dup2");
  close(master);
  close(slave);
  close(socket);
}

void terminal_receive(int socket) {
  char byte, space[CMSG_SPACE(sizeof(int))];
  struct iovec part = {.iov_base = &byte, .iov_len = 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
  ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  struct cmsghdr *header = count > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  close(socket);
  if (!header || header->cmsg_type != SCM_RIGHTS) return;
  memcpy(&terminal_master, CMSG_DATA(header), sizeof terminal_master);
  terminal_resize();
  struct termios own;
  if (tcgetattr(0, &own) < 0) return;
  before = own;
  cfmakeraw(&own);
  raw = tcsetattr(0, TCSANOW, &own) == 0;
}

int copy_some(int from, int to) {
  char buffer[16384];
  ssize_t count = read(from, buffer, sizeof buffer);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return 1;
  for (ssize_t at = 0; at < count;) {
    ssize_t written = write(to, buffer + at, (size_t)(count - at));
    if (written < 0 && errno == EAGAIN) poll(&(struct pollfd){.fd = to, .events = POLLOUT}, 1, 1000);
    else if (written < 0 && errno != EINTR) return 0;
    else if (written > 0) at += written;
  }
  return count > 0;
}

int terminal_output(void) { return copy_some(terminal_master, 1); }

int terminal_input(void) {
  if (copy_some(0, terminal_master)) return 1;
  /* A pipe that has ended is ^D at a terminal. */
  if (!raw && write(terminal_master, "\004", 1) < 0) return 0;
  return 0;
}

void terminal_resize(void) {
  struct winsize size;
  if (terminal_master < 0) return;
  if (ioctl(0, TIOCGWINSZ, &size) == 0 || ioctl(1, TIOCGWINSZ, &size) == 0) ioctl(terminal_master, TIOCSWINSZ, &size);
}

void terminal_end(void) {
  struct pollfd left = {.fd = terminal_master, .events = POLLIN};
  while (terminal_master >= 0 && poll(&left, 1, 0) > 0 && left.revents & POLLIN && terminal_output()) continue;
  if (raw) tcsetattr(0, TCSANOW, &before);
}
