module seathold

go 1.19
