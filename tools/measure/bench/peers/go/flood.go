// The pool's benchmark in Go: worker goroutines over a channel. For each count on standard input one round, for which a line says how it
// went: nanoseconds of wall time, nanoseconds of processor time, the sum of the tasks' numbers, and how many tasks each worker ran.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// What one worker did; padded to cache lines of its own.
type tally struct {
	tasks, sum uint64
	_          [112]byte
}

type task func(*tally)

const workers = 2

func round(count uint64) (time.Duration, [workers]tally) {
	var tallies [workers]tally
	var running sync.WaitGroup
	// Room for all of them: no other pool here makes its submitter wait.
	tasks := make(chan task, count)
	for worker := range tallies {
		own := &tallies[worker]
		running.Add(1)
		go func() {
			defer running.Done()
			for task := range tasks {
				task(own)
			}
		}()
	}
	start := time.Now()
	for number := uint64(0); number < count; number++ {
		number := number
		tasks <- func(own *tally) {
			own.tasks++
			own.sum += number
		}
	}
	close(tasks)
	running.Wait()
	return time.Since(start), tallies
}

func cpu() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func main() {
	runtime.GOMAXPROCS(workers)
	var count uint64
	for {
		if _, err := fmt.Scan(&count); err != nil {
			return
		}
		before := cpu()
		wall, tallies := round(count)
		used := cpu() - before
		var sum uint64
		for _, each := range tallies {
			sum += each.sum
		}
		fmt.Print(wall.Nanoseconds(), " ", used, " ", sum)
		for _, each := range tallies {
			fmt.Print(" ", each.tasks)
		}
		fmt.Println()
	}
}
