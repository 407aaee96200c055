/* What the files of the program know of each other. */
#ifndef SLIPWAY_EXEC_H
#define SLIPWAY_EXEC_H

#include <sys/types.h>

/* Tells what failed, with errno, and ends. */
void fail(const char *operation, const char *word);

/* Tells a record of three words. */
void tell(const char *what, int reason, const char *word);

void op_overlay(char **words, int count);
void op_readonly(const char *target, int recursive);
void op_tree(unsigned long slot, const char *root, const char *path);
void op_attach(unsigned long slot, const char *target);
void op_pivot(const char *root);

void op_system(char **words);

void enter_user_namespace(char **words);
void op_identity(const char *uid, const char *gid);

/* A folder or a file to mount on, with the folders above it. `links`: how many have been followed. */
void make_place(const char *path, int folder, int links);

/* The parent's end of the child's terminal; -1 until there is one. */
extern int terminal_master;

/* In the child: opens a terminal of the new /dev/pts, makes it the controlling one and standard input, output, error; hands the other end over. */
void terminal_open(int socket, unsigned short rows, unsigned short columns);

/* In the parent: takes the other end and puts its own terminal, if it has one, into raw mode. */
void terminal_receive(int socket);

/* Copies what is there to be read; 0 at the end. */
int copy_some(int from, int to);

/* Before the fork: makes pipes for the child's output. */
void pipes_make(void);

/* In the child: they become its standard output and error, and those of its user. */
void pipes_take(void);
void pipes_give(uid_t uid);

/* In the parent, of standard output (0) or error (1): what to poll, -1 if there is no pipe; passes on what is there; passes on what is left. */
int pipes_watch(int which);
int pipes_output(int which);
void pipes_end(void);

int terminal_output(void);
int terminal_input(void);

void terminal_resize(void);

/* Writes out what is left and restores the parent's own terminal. */
void terminal_end(void);

#endif
