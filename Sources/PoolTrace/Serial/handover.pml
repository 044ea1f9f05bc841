/* How a serial run's threads hand the baton over and wake each other: Strand.swift, Baton.swift, Baton+Strands.swift,
 * Baton+Waiting.swift, Baton+Takeover.swift and Parker.swift, step by step.
 *
 * Two strands are threads of the program. The first stops at a point inside a lock that the second wants, as a thread
 * outside does, and then waits for what the second does (for a time at most) and for what the thread outside does; the
 * second waits for what main does. Main drives until both have ended, and the takeover thread at any time. A section
 * under the monitor is one step, since none of them uses more than one word that the monitor does not guard. A driver
 * leaves a strand if a look has found it in the lock, however long after it.
 *
 * Left open: what the strategy picks, whether a strand gives the baton back at a point (a replay may want that where
 * nothing else is ready), and when a time is over. Left out: the limits of the waits for the baton and for progress, so
 * that a wake-up which is lost is not made good; continuations of async drivers; tasks on top of others.
 *
 * Checked: no two threads run the program's code, unless one of them is outside; who runs it, or takes a step, is the
 * holder; a strand that stops is back or was left, not both, and is ready, waits, or has its turn; it is lent the baton
 * only where it waits for that; what has ended a wait is there; everybody comes to the end.
 *
 * Faults, each of which the checker must find (spin -D...):
 *   BACK_LATE        a strand gives `back` outside of the monitor, in which it saw that it was not left
 *   END_LATE         the same at the end of its task
 *   NO_LOOK_BACK     a driver leaves a strand without looking whether `back` is given
 *   LEAVE_EARLY      nor whether the strand has taken the turn that it was given: it may wait for the monitor
 *   NO_REJOIN        a strand does not look at its end whether it was left
 *   WAKE_FIRST       the futex is woken before the word is set
 *   NO_LOOK_PARKER   a strand does not look at the parker's word under the monitor before it waits
 *   NO_SIGNALLED     who signals a parker does not look whether a strand waits for it
 *   ANY_SIGNAL       the same, but does not look whether the word is still set: another wait may have begun
 *   NO_LAST_WAIT     a wait whose time was over leaves a signal that is on the way to the next
 *   NO_NOTIFY        nobody is told of a strand that was signalled while nobody holds the baton
 *   REJOIN_SILENT    nor of one that was left and can go on
 *   OFFER_SILENT     nor of one that comes to a point just after it was left
 *   GIVE_SILENT      nor that the baton was given back
 *   NO_LOOK_READY    a driver that has given the baton back waits without looking whether something is ready
 *   NO_TAKE_BACK     a driver is not the holder again after it has lent the baton
 */
#define MAIN 2
#define TAKEOVER 3
#define NOBODY 4

/* What is waited for: the second strand ends FIRST, the thread outside MIDDLE, and main OWN. */
#define FIRST 0
#define MIDDLE 1
#define OWN 2

/* Words, each with a futex. */
bit go[2], go_sleeps[2];
bit back[2];
bit word[2]; /* of the strands' parkers */

/* Guarded by the monitor. */
byte holder = NOBODY;
byte wanting;
bit sleeps[4]; /* on the monitor's condition */
bit ready[2];
bit waits[2]; /* for its parker */
bit has_limit[2], is_over[2];
bit outside[2];
byte threads = 2;

/* The program's: a lock, and what is waited for, with who stands in line for it. */
bit locked, wants_lock[2];
bit done[3];
byte in_line[3] = NOBODY;

bit has_run[2]; /* run = nil */
bit runs[2]; /* the program's code */
bit chosen[2]; /* by a driver, which gives `go` */
bit stopped[2]; /* waits for `go`, or is sure to */

inline notify_all() { sleeps[MAIN] = 0; sleeps[TAKEOVER] = 0 }
inline notify_if_free() {
    if
    :: holder == NOBODY -> notify_all()
    :: else
    fi
}
inline add(strand) { assert(!ready[strand] && !chosen[strand]); ready[strand] = 1 }
#define IS_EMPTY (!ready[0] && !ready[1])

/* The program's code may go on here. */
inline check_runs() {
    assert(runs[me] && !ready[me] && !waits[me] && !chosen[me] && !back[me]);
    assert(outside[me] || holder == me && (!runs[1 - me] || outside[1 - me]))
}

/* MARK: Strands */

inline take_go() {
    do
    :: atomic { go[me] -> go[me] = 0; break }
    :: atomic { !go[me] ->
           /* Once more in the kernel: it sleeps if the word is still 0. */
           go_sleeps[me] = 1
       };
       go_sleeps[me] == 0
    od;
    atomic { /* isLent */
        assert(!outside[me] && (!runs[1 - me] || outside[1 - me]));
        holder = me;
        stopped[me] = 0;
        chosen[me] = 0;
        runs[me] = 1
    }
}

inline give_go(strand) {
#ifdef WAKE_FIRST
    go_sleeps[strand] = 0;
    go[strand] = 1
#else
    go[strand] = 1;
    go_sleeps[strand] = 0
#endif
}

/* Strand.rejoin, Baton.canGoOn */
inline rejoin() {
    atomic {
        is_late = outside[me];
        if
        :: is_late ->
           outside[me] = 0;
           runs[me] = 0;
           stopped[me] = 1;
           add(me);
#ifndef REJOIN_SILENT
           notify_if_free()
#endif
        :: else
        fi
    };
    if
    :: is_late -> take_go()
    :: else
    fi
}

inline give_back() {
    atomic {
        runs[me] = 0;
        stopped[me] = 1;
        is_late = outside[me];
        assert(ready[me] || waits[me] || is_late && chosen[me]);
        if
        :: is_late -> outside[me] = 0
#ifndef BACK_LATE
        :: else -> assert(!back[me]); back[me] = 1
#else
        :: else
#endif
        fi
    };
#ifdef BACK_LATE
    if
    :: !is_late -> back[me] = 1
    :: else
    fi;
#endif
    take_go()
}

/* Strand.pass, Baton.offer */
inline pass() {
    rejoin();
    atomic {
        if
        :: offers = 0
        :: offers = 1;
           add(me);
#ifndef OFFER_SILENT
           notify_if_free()
#endif
        fi
    };
    if
    :: offers -> give_back()
    :: else
    fi;
    atomic { check_runs() }
}

/* Strand.wait(for: Parker) */
inline wait_for_parker(limit) {
    rejoin();
    atomic {
        is_over[me] = 0;
        must_wait = 1;
#ifndef NO_LOOK_PARKER
        if
        :: word[me] -> must_wait = 0
        :: else
        fi;
#endif
        if
        :: must_wait -> waits[me] = 1; has_limit[me] = limit
        :: else
        fi
    };
    if
    :: must_wait -> give_back()
    :: else
    fi
}

/* WaitingRoom.park */
inline wait_for(event, limit) {
    word[me] = 0;
    atomic {
        must_park = !done[event];
        if
        :: must_park -> in_line[event] = me
        :: else
        fi
    };
    if
    :: must_park ->
       wait_for_parker(limit);
       if
       :: is_over[me] ->
          atomic {
              if
              :: in_line[event] == me -> in_line[event] = NOBODY; must_park = 0
              :: else
              fi
          };
#ifndef NO_LAST_WAIT
          if
          :: must_park -> wait_for_parker(0)
          :: else
          fi
#endif
       :: else
       fi;
       atomic { assert(!must_park || done[event]); must_park = 0 }
    :: else
    fi;
    atomic { check_runs() }
}

inline lock() {
    wants_lock[me] = 1;
    atomic { !locked -> locked = 1; wants_lock[me] = 0 }
}

/* By any thread: WaitingRoom.admitAll, Parker.signal. */
inline end_wait(event) {
    atomic { done[event] = 1; whom = in_line[event]; in_line[event] = NOBODY };
    if
    :: whom != NOBODY ->
       word[whom] = 1;
#ifndef NO_SIGNALLED
       atomic { /* signalled */
           if
#ifdef ANY_SIGNAL
           :: waits[whom] -> resume(whom)
#else
           :: waits[whom] && word[whom] -> resume(whom)
#endif
           :: else
           fi;
#ifndef NO_NOTIFY
           notify_if_free();
#endif
           whom = NOBODY
       }
#endif
    :: else
    fi
}
inline resume(strand) { waits[strand] = 0; has_limit[strand] = 0; add(strand) }

inline ends() {
#ifdef END_LATE
    rejoin();
    has_run[me] = 1;
    atomic { runs[me] = 0; back[me] = 1 }
#else
    do
    :: atomic {
#ifdef NO_REJOIN
           is_late = 0;
#else
           is_late = outside[me];
#endif
           runs[me] = 0;
           if
           :: is_late -> outside[me] = 0; stopped[me] = 1; add(me); notify_if_free()
           :: else -> has_run[me] = 1; back[me] = 1
           fi
       };
       if
       :: is_late -> take_go()
       :: else -> break
       fi
    od
#endif
}

inline begins() {
    atomic { stopped[me] = 1; add(me); notify_if_free() };
    take_go()
}

active proctype first() {
    byte me = 0;
    bit is_late, offers, must_wait, must_park;
    begins();
    lock();
    pass();
    locked = 0;
    if
    :: wait_for(FIRST, 1)
    :: wait_for(FIRST, 0)
    fi;
    wait_for(MIDDLE, 0);
    ends()
}

active proctype second() {
    byte me = 1, whom = NOBODY;
    bit is_late, offers, must_wait, must_park;
    begins();
    lock();
    locked = 0;
    end_wait(FIRST);
    pass();
    wait_for(OWN, 0);
    ends()
}

/* MARK: Drivers */

inline wait_for_baton() {
    atomic { wanting++ };
    do
    :: atomic {
           if
           :: holder == NOBODY -> wanting--; holder = me; break
           :: else -> sleeps[me] = 1
           fi
       };
       sleeps[me] == 0
    od
}

inline give() {
    atomic {
        assert(holder == me);
        holder = NOBODY;
#ifndef GIVE_SILENT
        notify_all()
#endif
    }
}

/* lend, goOn, leave */
inline lend() {
    give_go(strand);
    do
    :: atomic { back[strand] -> back[strand] = 0; assert(!outside[strand]); break }
    :: wants_lock[strand] && locked ->
       atomic {
#ifdef NO_LOOK_BACK
           outside[strand] = 1; assert(!back[strand]); break
#else
           if
           :: back[strand]
           :: else -> outside[strand] = 1; break
           fi
#endif
       }
#ifdef LEAVE_EARLY
    :: atomic { !runs[strand] && !back[strand] -> outside[strand] = 1; break }
#endif
    od;
    atomic {
#ifndef NO_TAKE_BACK
        holder = me;
#endif
        if
        :: !outside[strand] && has_run[strand] -> threads--
        :: else
        fi
    }
}

/* stepOrTurn: `strand` is NOBODY if none was ready. */
inline step() {
    atomic {
        assert(holder == me);
        if
        :: IS_EMPTY && has_limit[0] -> is_over[0] = 1; resume(0) /* readyOverdue */
        :: true
        fi;
        if
        :: ready[0] -> strand = 0
        :: ready[1] -> strand = 1
        :: IS_EMPTY -> strand = NOBODY
        fi;
        if
        :: strand != NOBODY ->
           ready[strand] = 0;
           chosen[strand] = 1;
           assert(stopped[strand] || outside[strand] && runs[strand])
        :: else
        fi
    };
    if
    :: strand != NOBODY -> lend()
    :: else
    fi
}

#define IS_OVER (threads == 0)

/* waitForProgress */
inline wait_for_progress() {
    atomic {
        if
#ifdef NO_LOOK_READY
        :: !IS_OVER -> sleeps[me] = 1
#else
        :: IS_EMPTY && !IS_OVER -> sleeps[me] = 1
#endif
        :: else
        fi
    };
    atomic { !sleeps[me] || has_limit[0] -> sleeps[me] = 0 }
}

/* Ends OWN, which needs no baton, and waits for both strands: Baton.wait. */
active proctype main() {
    byte me = MAIN, strand = NOBODY, whom = NOBODY;
    end_wait(OWN);
    wait_for_baton();
    do
    :: IS_OVER -> break
    :: else ->
       step();
       if
       :: strand == NOBODY -> give(); wait_for_progress(); wait_for_baton()
       :: else
       fi
    od;
    give()
}

active proctype outsider() {
    byte whom = NOBODY;
    atomic { !locked -> locked = 1 };
    locked = 0;
    end_wait(MIDDLE)
}

/* takeOverOnce; an execution of many has no such thread. */
active proctype takeover() {
    byte me = TAKEOVER, strand = NOBODY;
    do
    :: break
    :: atomic {
           if
           :: IS_EMPTY -> sleeps[me] = 1
           :: else
           fi
       };
end_idle:
       sleeps[me] == 0;
       /* This wait has a limit, and ends by itself. */
       if
       :: atomic { holder == NOBODY && !IS_EMPTY -> holder = me };
          do
          :: wanting == 0 ->
             step();
             if
             :: strand == NOBODY -> break
             :: else
             fi
          :: else -> break
          od;
          give()
       :: IS_EMPTY
       fi
    od
}
