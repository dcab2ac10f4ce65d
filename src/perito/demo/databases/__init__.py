"""The databases and settings files of an iPhone, one module a subject; each gives the parts that a phone needs."""
