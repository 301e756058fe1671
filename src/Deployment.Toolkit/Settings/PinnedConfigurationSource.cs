using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Settings;

internal sealed class PinnedConfigurationSource(string path) : IConfigurationSource
{
    internal string Path => path;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => new PinnedConfigurationProvider(path);
}
