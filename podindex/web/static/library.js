// The library page lives without scripts; this only lets it follow work that is going on.
