using System.Text.Json;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Settings;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Pinning;

/// <summary>
/// Writes and lifts what a rollback pins: code that goes back while its configuration stays at the new release's is a mix that nobody ever
/// verified. Values of secrets are not in the journal, so they can't be pinned; references to secrets are.
/// </summary>
internal sealed class PinnedConfiguration(string path, IConfiguration configuration)
{
    internal bool Exists => File.Exists(path);

    /// <summary>The rollback that pinned what is pinned now.</summary>
    internal string? Run => Read()?.Run;

    /// <summary>The release whose configuration is pinned.</summary>
    internal string? Release => Read()?.Release;

    /// <summary>Pins a recorded configuration and takes it into use in this process.</summary>
    internal async Task PinAsync(
        Release release,
        string run,
        RecordedConfiguration recorded,
        ConfigurationRecorder recorder,
        CancellationToken cancellationToken
    )
    {
        // Without the pin itself: what an earlier one hides is to be hidden by this one too.
        var unpinned = Unpinned();
        var removed = recorder.Values.Of(unpinned).Select(static value => value.Key).Where(new PinnableKeys(recorded).IsRemoved).ToList();
        var state = new PinnedState(
            release.ToString(),
            run,
            recorded.Values!.Where(static pair => !PinnableKeys.IsOfPlace(pair.Key)).ToDictionary(),
            removed
        );
        PrivateFolder.Ensure(System.IO.Path.GetDirectoryName(path)!);
        await PrivateFile
            .WriteAsync(path, JsonSerializer.SerializeToUtf8Bytes(state, PinnedJson.Default.PinnedState), cancellationToken)
            .ConfigureAwait(false);
        Boundary.Reached("configuration: pinned");
        Reload();
    }

    /// <summary>The configuration as it is set, below what is pinned.</summary>
    internal EffectiveConfiguration Unpinned() =>
        EffectiveConfiguration.Of([.. LayerReader.Read(configuration).Where(static layer => layer.Kind != SourceKind.Pinned)]);

    /// <summary>Takes the pin away, kept under the run's name so that it can be put back.</summary>
    internal void Lift(string run)
    {
        if (Exists)
            DurableFile.Replace(path, LiftedBy(run));
        Boundary.Reached("configuration: pin lifted");
        Reload();
    }

    internal void PutBack(string run)
    {
        if (File.Exists(LiftedBy(run)))
            DurableFile.Replace(LiftedBy(run), path);
        Boundary.Reached("configuration: pin put back");
        Reload();
    }

    /// <summary>Looks at the configuration without the pin from now on, in this process.</summary>
    internal void Suspend()
    {
        foreach (var provider in Providers())
            provider.Suspend();
    }

    private void Reload()
    {
        foreach (var provider in Providers())
            provider.Load();
    }

    private IEnumerable<PinnedConfigurationProvider> Providers() =>
        ((configuration as IConfigurationRoot)?.Providers ?? [])
            .OfType<PinnedConfigurationProvider>()
            .Where(provider => provider.Path == path);

    private PinnedState? Read()
    {
        try
        {
            return PrivateFile.ReadAll(path) is { } content ? PinnedState.Parse(content) : null;
        }
        catch (JsonException)
        {
            // What cannot be read is nobody's pin; the layer itself reports it.
            return null;
        }
    }

    private string LiftedBy(string run) => System.IO.Path.ChangeExtension(path, $".{run}.json");
}
