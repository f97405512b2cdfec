// Carries the precompiled headers (see TramTargets.cmake); the program does nothing.
int main() {}
