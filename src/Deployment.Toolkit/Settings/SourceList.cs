using Deployment.Toolkit.Platform;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Settings;

/// <summary>
/// Changes a host's list of sources in one go. The list builds and loads every source again at each single change but an addition, which a
/// vault or a server of settings would be asked for as often.
/// </summary>
internal static class SourceList
{
    internal static void Replace(IConfigurationManager configuration, IReadOnlyList<IConfigurationSource> sources)
    {
        var before = configuration.Sources;
        if (before.SequenceEqual(sources, ReferenceEqualityComparer.Instance))
            return;

        var kept = Kept(before, configuration as IConfigurationRoot);
        before.Clear();
        foreach (var source in sources)
            before.Add(kept.GetValueOrDefault(source, source));
    }

    // A provider that is disposed with the list it stood in cannot be handed on; such a source is built and loaded again.
    private static Dictionary<IConfigurationSource, IConfigurationSource> Kept(
        IList<IConfigurationSource> sources,
        IConfigurationRoot? root
    )
    {
        var kept = new Dictionary<IConfigurationSource, IConfigurationSource>(ReferenceEqualityComparer.Instance);
        var providers = root?.Providers.ToList() ?? [];
        for (var i = 0; i < sources.Count && providers.Count == sources.Count; i++)
        {
            if (providers[i] is KeptProvider moving)
                moving.Move();
            else if (
                !FrameworkTypes.Contains(sources[i].GetType())
                && sources[i].GetType().Assembly != typeof(SourceList).Assembly
                && providers[i] is not IDisposable
            )
                kept[sources[i]] = KeptSource.Moving(providers[i]);
        }

        return kept;
    }
}
