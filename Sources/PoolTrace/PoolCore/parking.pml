/* How the workers of a pool sleep and wake: PoolCore+Parking.swift and +Workers.swift, step by step.
 *
 * Checked: no job stays while every worker sleeps; at most one worker has the right to search; nobody keeps that right
 * for ever. Which sleeper is popped, and whether a task's end takes the right to search, is left open.
 *
 * Faults, each of which the checker must find (spin -D...):
 *   NO_FENCE        a publisher looks for sleepers before its job is shown
 *   NO_LAST_LOOK    a worker does not look for work once more after it has put itself on the stack
 *   NO_SECOND_LOOK  a waker that popped nobody does not look again after it has given the right to search back
 *   LATE_GIVE_UP    a worker gives the right to search up after its last look
 */
#define WORKERS 2
#ifndef PUBLISHERS
#define PUBLISHERS 2
#endif
#ifndef JOBS
#define JOBS 1
#endif
#define NOBODY WORKERS

byte jobs; /* shown, and not taken */
bit searching;
byte sleepers;
bit locked;
bit asleep[WORKERS];
bit signalled[WORKERS];
bit handed[WORKERS];
byte searchers; /* workers that believe they have the right */

inline lock() { atomic { locked == 0 -> locked = 1 } }
inline unlock() { locked = 0 }

inline take_search(result) {
    atomic {
        if
        :: searching == 0 -> searching = 1; result = 1
        :: else -> result = 0
        fi
    }
}

inline wake_one() {
    do
    :: take_search(has_right);
       if
       :: !has_right -> break
       :: else
       fi;
       lock();
       if
       :: asleep[0] -> victim = 0
       :: asleep[1] -> victim = 1
       :: else -> victim = NOBODY
       fi;
       if
       :: victim != NOBODY -> asleep[victim] = 0; sleepers--
       :: else
       fi;
       unlock();
       if
       :: victim != NOBODY -> handed[victim] = 1; signalled[victim] = 1; break
       :: else
       fi;
       searching = 0;
#ifdef NO_SECOND_LOOK
       break
#else
       if
       :: sleepers == 0 -> break
       :: else
       fi;
       if
       :: jobs == 0 -> break
       :: else
       fi
#endif
    od
}

inline wake_unless_searching() {
    if
    :: searching == 0 -> wake_one()
    :: else
    fi
}

inline pass_search_on() {
    if
    :: sleepers != 0 ->
       if
       :: jobs > 0 -> wake_unless_searching()
       :: else
       fi
    :: else
    fi
}

inline take_job(result) {
    atomic {
        if
        :: jobs > 0 -> jobs--; result = 1
        :: else -> result = 0
        fi
    }
}

inline give_up_search() { atomic { is_searching = 0; searchers--; searching = 0 } }
inline has_taken() { atomic { is_searching = 1; searchers++; assert(searchers == 1) } }

inline found_work() {
    if
    :: is_searching -> give_up_search()
    :: else
    fi;
    pass_search_on()
}

proctype publisher() {
    bit has_right;
    byte victim, left = JOBS;
#ifdef NO_FENCE
    bit somebody_sleeps;
#endif
    do
    :: left > 0 ->
       left--;
#ifdef NO_FENCE
       somebody_sleeps = (sleepers != 0);
       jobs++;
       if
       :: somebody_sleeps -> wake_unless_searching()
       :: else
       fi
#else
       jobs++;
       if
       :: sleepers != 0 -> wake_unless_searching()
       :: else
       fi
#endif
    :: left == 0 -> break
    od
}

proctype worker(byte me) {
    bit is_searching, has_right, found;
    byte victim;
work:
    take_job(found);
    if
    :: found ->
       found_work();
       /* The task's end may take the right to search before it is told. */
       if
       :: sleepers != 0 ->
          take_search(has_right);
          if
          :: has_right -> has_taken()
          :: else
          fi
       :: true
       fi;
       goto work
    :: else
    fi;
    if
    :: !is_searching ->
       take_search(has_right);
       if
       :: has_right -> has_taken()
       :: else
       fi
    :: else
    fi;
    if
    :: is_searching ->
       take_job(found);
       if
       :: found -> found_work(); goto work
       :: else
       fi
    :: else
    fi;
#ifndef LATE_GIVE_UP
    if
    :: is_searching -> give_up_search()
    :: else
    fi;
#endif
    signalled[me] = 0;
    lock();
    asleep[me] = 1;
    sleepers++;
    unlock();
#ifndef NO_LAST_LOOK
    if
    :: jobs > 0 ->
       lock();
       if
       :: asleep[me] -> asleep[me] = 0; sleepers--; unlock(); goto work
       :: else -> unlock()
       fi
    :: else
    fi;
#endif
#ifdef LATE_GIVE_UP
    if
    :: is_searching -> give_up_search()
    :: else
    fi;
#endif
end_asleep:
    signalled[me] == 1;
    if
    :: handed[me] -> handed[me] = 0; has_taken()
    :: else
    fi;
    goto work
}

/* When nothing can go on: every job has been taken, and the right to search is free. */
active proctype quiet() {
    timeout;
    assert(jobs == 0);
    assert(searching == 0)
}

init {
    byte number;
    atomic {
        for (number : 0 .. WORKERS - 1) { run worker(number) }
        for (number : 1 .. PUBLISHERS) { run publisher() }
    }
}
