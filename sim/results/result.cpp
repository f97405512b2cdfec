#include "sim/results/result.hpp"

#include "sim/results/figures.hpp"

namespace tram {

EnergyBreakdown& EnergyBreakdown::operator+=(const EnergyBreakdown& other) {
  for (const EnergyComponent& component : energy_components) this->*component.field += other.*component.field;
  for (const EnergyPart& part : memory_energy_parts) this->*part.field += other.*part.field;
  return *this;
}

EnergyBreakdown EnergyBreakdown::scaled(double factor) const {
  EnergyBreakdown result;
  for (const EnergyComponent& component : energy_components) result.*component.field = this->*component.field * factor;
  for (const EnergyPart& part : memory_energy_parts) result.*part.field = this->*part.field * factor;
  return result;
}

CycleBreakdown& CycleBreakdown::operator+=(const CycleBreakdown& other) {
  for (const CyclePart& part : cycle_parts) this->*part.field += other.*part.field;
  return *this;
}

CycleBreakdown CycleBreakdown::divided(double by) const {
  CycleBreakdown result;
  for (const CyclePart& part : cycle_parts) result.*part.field = this->*part.field / by;
  return result;
}

}  // namespace tram
