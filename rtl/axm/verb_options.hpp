#pragma once
#include <memory>

#include "models/cells/energy/multiplier_power.hpp"
#include "models/cells/liberty/liberty.hpp"
#include "models/cells/mapping/multiplier_mapping.hpp"
#include "models/multiplier/file_options.hpp"
#include "models/multiplier/netlist.hpp"
#include "models/multiplier/operand_histogram.hpp"
#include "models/multiplier/product_codes.hpp"
#include "models/options/option_table.hpp"
#include "rtl/axm/output.hpp"

namespace tram::axm {

/// Options that several verbs have, each beside what reads it; the rest is read by Arguments::get().

Option out_option(const std::string& what, const std::string& value_name = "FILE");

/// --signed, --unsigned, --swap: how a file is read that does not say so itself.
std::vector<Option> file_options();
MultiplierFileOptions file_options(const Arguments& arguments);

/// Sentences on how files were read, to print beside results: one a line, each after "note: ".
using Notes = std::vector<std::string>;
std::string notes_text(const Notes& notes);
/// The result with "notes" where there are any.
Json with_notes(Json json, const Notes& notes);

/// The multiplier of a built-in name, a structure or a netlist file.
Netlist read_netlist(const Arguments& arguments, const std::string& name_or_file, Notes& notes);
/// The values of one of these, or of a table file or C model.
TruthTable read_values(const Arguments& arguments, const std::string& name_or_file, Notes& notes);

/// --pairs, --seed of the sample that stands for the pairs of operands above 12 x 12 bits.
std::vector<Option> sample_options();
PairSample pair_sample(const Arguments& arguments);

/// --a-bits, --b-bits, --function: what a C model's text may leave open.
std::vector<Option> c_model_options();
std::string c_model_help();
/// Reads them into the options.
void add_c_model_options(const Arguments& arguments, MultiplierFileOptions& options);

/// --liberty: one library, of one or several files.
Option liberty_option();
std::shared_ptr<const Library> read_library(const Arguments& arguments);
/// The library of these names or files (as find_liberty takes them); its warnings go to stderr.
std::shared_ptr<const Library> read_library(const std::string& names_or_files);
/// Name, conditions and left-out cells of a library, for --json.
Json library_json(const Library& library);

Option adders_option();
/// The script of ABC that needs the least energy, glitches included, of 10000 random pairs at the simulator's default
/// clock, as tram_sim takes it; adds how far the others lie from it.
std::string best_script(const Netlist& netlist, AdderCells adders, std::shared_ptr<const Library> library, int threads,
                        Notes& notes);

/// A time above 0, s.
ValueKind<double> positive_time();
Option delay_target_option();

/// What mapped_multiplier() reads: --liberty, --adders, --script, --delay-target, --threads, those of files, and --mapped
/// and --top for netlists of library cells.
std::vector<Option> mapped_options();
/// The multiplier that the one word names, in cells of the library: mapped (with the script of ABC that needs the least
/// energy, unless --script or --delay-target says otherwise), or as --mapped says already so. InputError for operands wider
/// than `widest` bits, before they are mapped.
MappedNetlist mapped_multiplier(const Arguments& arguments, std::shared_ptr<const Library> library, Notes& notes,
                                int widest = widest_operand);

Option histogram_option();
/// The histogram given, else the uniform one.
OperandHistogram histogram_or_uniform(const Arguments& arguments, int a_bits, int b_bits);
/// What errors are weighed by, as a text.
std::string histogram_text(const Arguments& arguments);

/// --stimulus, --pairs, --seed: a sequence of operands; random ones follow --histogram where the verb has that.
std::vector<Option> stimulus_options();
OperandStimulus read_operands(const Arguments& arguments, int a_bits, int b_bits);

Option convention_option();
/// --period and --convention.
std::vector<Option> power_model_options();
MultiplierPowerOptions power_options(const Arguments& arguments);

Option delays_option();

}  // namespace tram::axm
