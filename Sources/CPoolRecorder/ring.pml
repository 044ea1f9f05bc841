/* A packet's slot from one use to the next, with a reader that copies it meanwhile, and a kill at any step: ring.c's
 * begin_packet and pooltrace_ring_publish, and the copiers of live rings (snapshot.c, PacketSlot.copy).
 *
 * One slot is used for the packets 0 to PACKETS - 1 of a stream, each with up to EVENTS events. An event's content is
 * the packet that it belongs to; its stamp is a clock that goes on with every event.
 *
 * Checked: a copy that its reader accepts holds events of its own packet alone, all of them written, none left out that
 * was published before it began, and ends at a stamp that is not before its last event's. What a kill leaves in sight is
 * a packet of whole events, which does not end before its last event.
 *
 * Faults, each of which the checker must find (spin -D...):
 *   LATE_MARK        the writer resets the sizes before it marks the sequence number
 *   EARLY_SIZE       an event's size is published before its content
 *   LATE_STAMP       the packet's end is stored after its size
 *   ONE_HEADER       the copier takes size and sequence number from one look at the header, in the order of its fields
 *   NO_LOOK_AFTER    the copier does not look at the sequence number again
 *   IN_SIGHT         the slot is not hidden while it is reset, and a kill leaves it so
 */
#define PACKETS 3
#define EVENTS 2
#define RESETTING 255
#define NOTHING 254

byte sequence = RESETTING;
byte size; /* events */
byte end;
bit in_sight;
byte content[EVENTS] = NOTHING;
byte stamps[EVENTS];
byte clock = 1;
byte published[PACKETS]; /* events of each packet, whatever became of them */
bit killed;

/* Each step is one store; before it the process may be killed. */
inline step() {
    if
    :: true
    :: killed = 1; goto dead
    fi
}

active proctype writer() {
    byte packet, count;
    for (packet : 0 .. PACKETS - 1) {
#ifndef IN_SIGHT
        step(); in_sight = 0;
#endif
#ifndef LATE_MARK
        step(); sequence = RESETTING;
#endif
        step(); size = 0;
        /* A slot that a newcomer gets is cut: what lay beyond its first room is gone. */
        if
        :: true
        :: step(); content[EVENTS - 1] = NOTHING
        fi;
        step(); end = clock;
#ifdef LATE_MARK
        step(); sequence = RESETTING;
#endif
        step(); sequence = packet;
        step(); in_sight = 1;
        count = 0;
        do
        :: count < EVENTS ->
           clock++;
#ifdef EARLY_SIZE
           step(); size = count + 1;
#endif
           step(); content[count] = packet;
           step(); stamps[count] = clock;
#ifdef LATE_STAMP
           step(); size = count + 1;
           step(); end = clock;
#else
           step(); end = clock;
#ifndef EARLY_SIZE
           step(); size = count + 1;
#endif
#endif
           count++;
           published[packet] = count
        :: break
        od
    }
dead:
    skip
}

/* Copies the slot once; what it would read again is left out, since another copy does as well. */
active proctype copier() {
    byte before, least, length, index, last, after, shorter;
    byte copied[EVENTS], copied_stamps[EVENTS];
#ifdef ONE_HEADER
    length = size;
    before = sequence;
#else
    before = sequence;
    if
    :: before < PACKETS -> least = published[before]
    :: else
    fi;
    length = size;
    if
    :: sequence != before -> goto refused
    :: else
    fi;
#endif
    if
    :: before == RESETTING -> goto refused
    :: else
    fi;
    for (index : 0 .. EVENTS - 1) {
        if
        :: index < length -> copied[index] = content[index]; copied_stamps[index] = stamps[index]
        :: else
        fi
    }
    last = end;
    shorter = size;
    after = sequence;
#ifndef NO_LOOK_AFTER
    if
    :: after != before || shorter < length -> goto refused
    :: else
    fi;
#endif
    assert(length >= least);
    for (index : 0 .. EVENTS - 1) {
        if
        :: index < length -> assert(copied[index] == before && copied_stamps[index] <= last)
        :: else
        fi
    }
refused:
    skip
}

/* Looks at what a killed process has left in a directory. */
active proctype left_behind() {
    byte index;
end_alive:
    killed == 1;
    if
    :: in_sight ->
       assert(sequence != RESETTING);
       for (index : 0 .. EVENTS - 1) {
           if
           :: index < size -> assert(content[index] == sequence && stamps[index] <= end)
           :: else
           fi
       }
    :: else
    fi
}
