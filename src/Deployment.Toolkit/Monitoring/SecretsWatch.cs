using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Deployment.Toolkit.Monitoring;

/// <summary>
/// Takes a rotated secret into a running app: when the sealed file or a mounted secret changes, options are bound and judged anew, as for a
/// changed setting. Other sources are asked again when a secret is next needed.
/// </summary>
internal sealed class SecretsWatch(
    ConfigurationStore store,
    SecretResolver resolver,
    IReadOnlyList<string> paths,
    TimeProvider time,
    ILogger<SecretsWatch> logger
) : IHostedService, IDisposable
{
    /// <summary>How often the files are looked at: as long as a rotation may take to arrive, and too rarely to be felt.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    internal static SecretsWatch Create(IServiceProvider services) =>
        new(
            services.GetRequiredService<ConfigurationStore>(),
            services.GetRequiredService<SecretResolver>(),
            [services.GetRequiredService<SealedSecrets>().Path, SecretSources.MountedFolder(services)],
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<SecretsWatch>>()
        );

    private readonly Lock _gate = new();
    private string _stamp = "";
    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (store.Registrations.Count == 0)
            return Task.CompletedTask;

        _stamp = FolderStamp.Of(paths);
        _timer = time.CreateTimer(static state => ((SecretsWatch)state!).Look(), this, Period, Period);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        if (!_gate.TryEnter())
            return;

        try
        {
            // Before the files are read: a change in between is seen by the next look.
            var stamp = FolderStamp.Of(paths);
            if (stamp == _stamp)
                return;

            _stamp = stamp;
            resolver.Outdate();
            store.Refresh();
        }
        // An exception out of a timer ends the process.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.SecretsWatchFailed(logger, e.GetType().Name);
        }
        finally
        {
            _gate.Exit();
        }
    }
}
