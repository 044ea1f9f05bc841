#define _GNU_SOURCE
#include "pooltrace_calls.h"

#include <stddef.h>
#include <sys/syscall.h>

const long pooltrace_call_futex = SYS_futex;

struct pooltrace_call pooltrace_call_of(long number) {
    switch (number) {
    case SYS_futex: return (struct pooltrace_call){"a lock, a condition or a semaphore", .restarts = true};
    case SYS_read:
    case SYS_pread64:
    case SYS_readv: return (struct pooltrace_call){"a read of", .has_descriptor = true, .restarts = true};
    case SYS_write:
    case SYS_pwrite64:
    case SYS_writev: return (struct pooltrace_call){"a write to", .has_descriptor = true, .restarts = true};
    case SYS_recvfrom:
    case SYS_recvmsg: return (struct pooltrace_call){"data from", .has_descriptor = true};
    case SYS_sendto:
    case SYS_sendmsg: return (struct pooltrace_call){"room to send to", .has_descriptor = true};
    case SYS_accept:
    case SYS_accept4: return (struct pooltrace_call){"a connection to", .has_descriptor = true};
    case SYS_connect: return (struct pooltrace_call){"the other side of", .has_descriptor = true};
    case SYS_flock: return (struct pooltrace_call){"the lock of", .has_descriptor = true, .restarts = true};
    case SYS_fcntl: return (struct pooltrace_call){"a lock on a part of", .has_descriptor = true, .restarts = true};
    case SYS_fsync:
    case SYS_fdatasync: return (struct pooltrace_call){"the disk, with", .has_descriptor = true, .restarts = true};
    case SYS_openat: return (struct pooltrace_call){"the opening of a file (a named pipe that nobody else has open?)"};
    case SYS_wait4:
    case SYS_waitid: return (struct pooltrace_call){"the end of a child process", .restarts = true};
    case SYS_nanosleep:
#ifdef SYS_clock_nanosleep
    case SYS_clock_nanosleep:
#endif
        return (struct pooltrace_call){"time to pass (it sleeps)", .is_sleep = true};
#ifdef SYS_poll
    case SYS_poll:
#endif
#ifdef SYS_select
    case SYS_select:
#endif
    case SYS_ppoll:
    case SYS_pselect6: return (struct pooltrace_call){"some of several descriptors (poll)"};
#ifdef SYS_epoll_wait
    case SYS_epoll_wait:
#endif
    case SYS_epoll_pwait: return (struct pooltrace_call){"some of the descriptors of", .has_descriptor = true};
#ifdef SYS_pause
    case SYS_pause:
#endif
    case SYS_rt_sigsuspend:
    case SYS_rt_sigtimedwait: return (struct pooltrace_call){"a signal"};
    default: return (struct pooltrace_call){NULL};
    }
}
