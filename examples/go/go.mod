module boxoffice

go 1.19

require seathold v0.0.0

// From a checkout. The C library is found with pkg-config.
replace seathold => ../../capi/go
