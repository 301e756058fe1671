namespace Deployment.Toolkit.Options;

/// <summary>Says that options of a name were asked for that were only registered under others.</summary>
internal static class NotRegistered
{
    internal static InvalidOperationException For<TOptions>(string name) =>
        new(
            $"Options {typeof(TOptions).Name} are not registered under the name '{name}'. Register them with "
                + $".AddValidatedOptions<{typeof(TOptions).Name}>(section, name: \"{name}\")."
        );
}
