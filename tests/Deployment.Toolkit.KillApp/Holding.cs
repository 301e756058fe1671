using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Journal;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.KillApp;

internal static class Holding
{
    internal static async Task<JournalSession> TakeAsync(string folder)
    {
        var holder = new JournalHolder("somebody", "somewhere", Environment.ProcessId, TimeProvider.System.GetUtcNow());
        using var host = App.Build(folder, "1.0.0");
        var factory = host.Services.GetRequiredService<DeploymentPartsFactory>();
        return (await JournalSession.TryOpenAsync(factory.StoreOf(factory.Environment), "up", holder, static () => new string('0', 64), TimeProvider.System, CancellationToken.None))!;
    }
}
