#pragma once

/// Keeps the calling thread, and threads that it starts from now on, on one processor; with 0 lets them go again.
void one_processor(int is_one);
