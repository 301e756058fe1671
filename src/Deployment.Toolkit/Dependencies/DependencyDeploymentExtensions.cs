using System.Data.Common;
using Deployment.Toolkit.Dependencies;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit;

/// <summary>What an app needs from outside.</summary>
public static class DependencyDeploymentExtensions
{
    /// <summary>
    /// Declares a database that the app needs beside its own: <c>deploy check --online</c> opens it and asks it one thing. The database of
    /// <c>UseSqlite</c> is tried without being declared.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">What reports call it.</param>
    /// <param name="factory">Your driver's factory, for example <c>NpgsqlFactory.Instance</c>.</param>
    /// <param name="connectionStringName">The name below <c>ConnectionStrings</c>. The value may be a reference,
    /// <c>secret://name</c>.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddDatabaseDependency(
        this DeploymentBuilder builder,
        string name,
        DbProviderFactory factory,
        string connectionStringName
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentException.ThrowIfNullOrEmpty(connectionStringName);
        return Add(
            builder,
            DatabaseDependency.Of(name, factory, connectionStringName),
            new Declared("connection string", $"'{connectionStringName}'", connectionStringName),
            new Declared("factory", factory.GetType().Name, factory)
        );
    }

    /// <summary>
    /// Declares a URL that the app needs: <c>deploy check --online</c> asks it, with the key that it wants. No redirect is followed.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">What reports call it.</param>
    /// <param name="endpointKey">The setting that holds the URL, for example <c>Content:Provider:Endpoint</c>.</param>
    /// <param name="configure">Says which key goes into which header, and which path to ask.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddHttpDependency(
        this DeploymentBuilder builder,
        string name,
        string endpointKey,
        Action<HttpDependencyOptions>? configure = null
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(endpointKey);
        var options = new HttpDependencyOptions();
        configure?.Invoke(options);
        builder.Registrations.Of<DeclaredSecrets>().Add(options.Credential);
        return Add(builder, HttpDependency.Of(name, endpointKey, options), [Declared.Of("endpoint", endpointKey), .. options.Declared]);
    }

    /// <summary>Declares anything else that the app needs, tried by <c>deploy check --online</c> alone.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">What reports call it; there can be one of a name.</param>
    /// <param name="check">
    /// Uses it for real, and throws when that does not work. A <see cref="DeploymentException"/> is reported in its own words. One that
    /// ignores its token is left behind at the time limit and reported.
    /// </param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddDependency(
        this DeploymentBuilder builder,
        string name,
        Func<IServiceProvider, CancellationToken, Task> check
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(check);
        return Add(builder, new Dependency(name, check), new Declared("check", null, check.Method));
    }

    private static DeploymentBuilder Add(this DeploymentBuilder builder, Dependency dependency, params IReadOnlyList<Declared> said)
    {
        var kind = new Declared(
            "kind",
            string.Join(" and ", said.Select(static one => one.What)),
            string.Join(' ', said.Select(static one => one.What))
        );
        if (
            builder.Declarations.Add(
                "dependency:" + dependency.Name,
                $"Dependency '{dependency.Name}'",
                "AddDependency, AddHttpDependency and AddDatabaseDependency",
                [kind, .. said]
            )
        )
            builder.Registrations.Of<List<Dependency>>().Add(dependency);
        return builder;
    }
}
