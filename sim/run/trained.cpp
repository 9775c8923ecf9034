#include "sim/run/trained.hpp"

#include <fmt/core.h>

namespace isinglass {

Trained load_trained(const TrainedSource& source) {
    if (!RunDirectory::is_run(source.experiment_or_run)) {
        if (source.epoch)
            throw UserError(fmt::format("--epoch {} names a checkpoint, and '{}' is no run's folder",
                                        *source.epoch, source.experiment_or_run));
        return {load_experiment(source.experiment_or_run, source.sets), {}, 0};
    }
    const auto directory = RunDirectory::open(source.experiment_or_run);
    Trained trained{.experiment = load_experiment(directory.config().string(), source.sets)};
    const auto checkpoint =
        read_checkpoint(source.epoch ? directory.existing_checkpoint(*source.epoch) : directory.last());
    trained.theta = checkpoint.training.theta;
    trained.epoch = checkpoint.training.epoch;
    const auto parameters = trained_numbers(trained.experiment, *trained.experiment.network.build());
    if (trained.theta.size() != parameters)
        throw UserError(
            fmt::format("{}: the checkpoint holds {} couplings, the network has {}; --set may change the "
                        "machine, not the network",
                        source.experiment_or_run, trained.theta.size(), parameters));
    return trained;
}

TrainedMachine::TrainedMachine(const Trained& trained)
    : trained_(trained),
      pool_(trained.experiment.run.thread_count()),
      simulation_(trained.experiment, pool_),
      theta_(trained.theta) {
    if (theta_.empty())
        theta_ = initial_numbers(*simulation_.network(), *trained.experiment.network.model.part(),
                                 trained.experiment.training,
                                 static_cast<std::uint64_t>(trained.experiment.run.seed));
}

void TrainedMachine::run(const std::function<void(Presenter&, Trainer&)>& program) {
    simulation_.run([&] {
        const auto& e = trained_.experiment;
        Presenter presenter(simulation_.host(), simulation_.meter(), e.machine, simulation_.network(),
                            e.network.model.part(), e.training, pool_);
        Trainer trainer(presenter, e.machine, e.network, simulation_.network(), e.training,
                        static_cast<std::uint64_t>(e.run.seed), pool_);
        trainer.program_elsewhere(e.machine.couplings.format(), theta_, e.training.calibrate.wanted());
        program(presenter, trainer);
    });
}

void TrainedMachine::use_ideal_twin(Presenter& presenter, Trainer& trainer) {
    const MachineSpec ideal =
        ideal_twin(trained_.experiment.machine, *trained_.experiment.network.model.part());
    simulation_.use_machine(ideal);
    presenter.use(ideal);
    trainer.program_elsewhere(ideal.couplings.format(), theta_);
}

} // namespace isinglass
