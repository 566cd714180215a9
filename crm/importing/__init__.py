"""Files on their way into the register: jobs, how their columns are understood, and what becomes of each row."""
