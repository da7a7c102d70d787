package settings

// MaxConnections is how many connections are kept at most.
const MaxConnections = maxConnections
