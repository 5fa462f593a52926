/* launch REPORT PROGRAM: runs the program and writes its wall time and its processor time in seconds and its peak
 * resident set in KiB to REPORT. The kernel counts what a process was before it became the program, so whoever starts it must be small:
 * started from Python everything seems to need what Python does. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int count, char** arguments) {
  if (count < 3) return 2;
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  pid_t child = fork();
  if (child == 0) {
    execv(arguments[2], arguments + 2);
    _exit(127);
  }
  int status = 0;
  struct rusage usage;
  if (child < 0 || wait4(child, &status, 0, &usage) != child) return 2;
  clock_gettime(CLOCK_MONOTONIC, &end);
  FILE* report = fopen(arguments[1], "w");
  if (!report) return 2;
  double seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
  double user = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec * 1e-6;
  double system = (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec * 1e-6;
  fprintf(report, "%.6f %.6f %ld\n", seconds, user + system, usage.ru_maxrss);
  if (fclose(report) != 0) return 2;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
