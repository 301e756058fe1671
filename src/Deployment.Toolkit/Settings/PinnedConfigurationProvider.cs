using System.Text.Json;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Settings;

/// <summary>
/// The strongest layer while an environment was rolled back: the values that the live release was verified with. It is read at the start
/// and when a step has written it, never by itself: a process goes on with what it began with.
/// </summary>
internal sealed class PinnedConfigurationProvider(string path) : ConfigurationProvider
{
    internal string Path => path;

    /// <summary>What is pinned; <see langword="null"/> when nothing is.</summary>
    internal PinnedState? State { get; private set; }

    internal IReadOnlyList<DeploymentMessage> Faults { get; private set; } = [];

    /// <summary>Leaves the file out from now on: whoever deploys looks at the configuration as it will be.</summary>
    internal bool IsSuspended { get; private set; }

    internal string Source => State is { } state ? $"pinned by the rollback to {state.Release}" : "pinned configuration";

    public override void Load()
    {
        (State, Faults) = Read();
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (State is { } state && !IsSuspended)
        {
            foreach (var key in state.Removed)
                data[key] = null;
            foreach (var (key, value) in state.Values)
                data[key] = value;
        }

        Data = data;
        OnReload();
    }

    /// <summary>
    /// Takes nothing: what code sets on a configuration is set on each of its providers, and it stays in those below.
    /// </summary>
    public override void Set(string key, string? value) { }

    internal void Suspend()
    {
        IsSuspended = true;
        Load();
    }

    private (PinnedState? State, IReadOnlyList<DeploymentMessage> Faults) Read()
    {
        try
        {
            return (PrivateFile.ReadAll(path) is { } content ? PinnedState.Parse(content) : null, []);
        }
        catch (DeploymentException unsafePath)
        {
            return (null, unsafePath.Messages);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return (
                null,
                [
                    new DeploymentMessage(
                        Codes.ConfigurationMalformed,
                        $"Pinned configuration '{path}' cannot be read: {Sentence.Of(e)} Run 'deploy rollback' again, or delete the "
                            + $"file to go on with the configuration as it is set."
                    )
                    {
                        File = path,
                    },
                ]
            );
        }
    }
}
