using EvolveDb.Configuration;

namespace Benchmarks.Tools;

internal sealed class EvolveTool : Contestant
{
    internal override string Name => "Evolve";

    internal override async Task RunAsync(Place place)
    {
        await using var connection = place.Connect();
        new EvolveDb.Evolve(connection, static _ => { }) { Locations = [Path.Combine(place.Scripts, "evolve")], TransactionMode = TransactionKind.CommitEach }.Migrate();
    }
}
