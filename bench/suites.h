// Each suite registers its benchmarks; main runs them all.
#pragma once

namespace seathold::bench {

void RegisterSales();
void RegisterRefusals();
void RegisterQueue();
void RegisterMaps();
void RegisterSizes();
void RegisterCApi();
void RegisterServers();  // where both adapters are built

}  // namespace seathold::bench
