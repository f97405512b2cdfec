#include "sim/results/result.hpp"

#include "sim/results/figures.hpp"

namespace tram {

EnergyBreakdown& EnergyBreakdown::operator+=(const EnergyBreakdown& other) {
  for (const EnergyComponent& component : energy_components) this->*component.field += other.*component.field;
  return *this;
}

EnergyBreakdown EnergyBreakdown::scaled(double factor) const {
  EnergyBreakdown result;
  for (const EnergyComponent& component : energy_components) result.*component.field = this->*component.field * factor;
  return result;
}

}  // namespace tram
