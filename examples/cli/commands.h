// All commands, by subject. Each call describes them anew, with options of their own.
#pragma once

#include <vector>

#include "examples/cli/command.h"

namespace seathold::cli {

std::vector<Command> SetupCommands();        // init, keys, backup, restore, copy
std::vector<Command> VenueCommands();        // venue import, make, list
std::vector<Command> ShowCommands();         // show add, list
std::vector<Command> PerformanceCommands();  // performance add, list, open, close
std::vector<Command> SeatCommands();         // seats, block, unblock
std::vector<Command> FeedCommands();         // feed
std::vector<Command> AccountCommands();      // account register, login, password, disable, erase
std::vector<Command> QueueCommands();        // queue join, status, admit, leave, revoke
std::vector<Command> HoldCommands();         // hold, best, cancel
std::vector<Command> PaymentCommands();      // confirm (pay), refund
std::vector<Command> ReservationCommands();  // reservation show, list
std::vector<Command>
WalletCommands();  // wallet charge, withdraw, balance, statement; transfer show
std::vector<Command> UpkeepCommands();  // sweep, clock, verify
std::vector<Command> StatsCommands();   // stats
std::vector<Command> DoctorCommands();  // doctor
std::vector<Command> DemoCommands();    // demo
std::vector<Command> HelpCommands();    // help

std::vector<Command> AllCommands();  // in the order of the help

}  // namespace seathold::cli
