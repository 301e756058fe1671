using System.Data.Common;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Databases;

/// <summary>Reads a connection string, and the secret that it refers to.</summary>
internal static class ConnectionStringReader
{
    private const string Pooling = "Pooling";

    internal static string KeyOf(string name) => ConfigurationPath.Combine("ConnectionStrings", name);

    internal static string Read(IServiceProvider services, string name) =>
        SettingReader.Read(services, KeyOf(name))
        ?? throw DeploymentException.Refused(
            Codes.ConnectionStringMissing,
            $"Connection string '{name}' is not set in this environment. Set ConnectionStrings:{name} in its appsettings file or the "
                + $"variable ConnectionStrings__{name}."
        );

    /// <summary>Makes an unopened connection.</summary>
    /// <exception cref="DeploymentException">The connection string is missing or malformed. Its text, which may hold a password, is not in
    /// the message.</exception>
    internal static DbConnection Connect(IServiceProvider services, DbProviderFactory factory, string name) =>
        Connect(factory, Read(services, name), what => Malformed(name, what));

    /// <summary>
    /// The same for one that stands in no setting. Unless it says so itself its connections are not pooled: each of many databases would
    /// keep some open, and a server takes no more than so many.
    /// </summary>
    /// <param name="factory">The driver's factory; <see langword="null"/> where nobody gave one.</param>
    /// <param name="text">The connection string.</param>
    internal static DbConnection Connect(DbProviderFactory? factory, string text) =>
        factory is null
            ? throw DeploymentException.Refused(
                Codes.RegistrationInvalid,
                "A tenant comes with a connection string, and there is no factory to make connections of it. Give the driver's: "
                    + "UsePostgreSql(NpgsqlFactory.Instance, find); or let each come with a DbDataSource."
            )
            : Connect(
                factory,
                WithoutPool(factory, text),
                static what =>
                    DeploymentException.Refused(
                        Codes.ConnectionStringMalformed,
                        $"Its connection string is malformed: {what}. Write it as 'Keyword=value;Keyword=value', a value with ';' in quotes."
                    )
            );

    private static string WithoutPool(DbProviderFactory factory, string text)
    {
        try
        {
            var settings = new DbConnectionStringBuilder { ConnectionString = text };
            if (!settings.ContainsKey(Pooling))
                settings[Pooling] = "False";
            using var connection = factory.CreateConnection();
            connection!.ConnectionString = settings.ConnectionString;
            return settings.ConnectionString;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A driver that knows no pool, or a text that it doesn't take: it says so itself.
            return text;
        }
    }

    private static DbConnection Connect(DbProviderFactory factory, string text, Func<string, DeploymentException> malformed)
    {
        var connection = factory.CreateConnection() ?? throw new NotSupportedException($"{factory.GetType().Name} makes no connections.");
        try
        {
            connection.ConnectionString = text;
            // Some drivers read it only when they are asked for something of it.
            _ = connection.Database;
            return connection;
        }
        // What a driver throws at a text that it can't read is its own affair; its words may repeat the text.
        catch (Exception e)
            when (e
                    is ArgumentException
                        or FormatException
                        or InvalidOperationException
                        or NotSupportedException
                        or OverflowException
                        or InvalidCastException
                        or KeyNotFoundException
            )
        {
            connection.Dispose();
            throw malformed(Place(factory, text));
        }
    }

    private static DeploymentException Malformed(string name, string what) =>
        new(
            DeploymentOutcome.Refused,
            [
                new DeploymentMessage(
                    Codes.ConnectionStringMalformed,
                    $"Connection string '{name}' is malformed: {what}. Write it as 'Keyword=value;Keyword=value', a value with ';' in "
                        + $"quotes, in ConnectionStrings:{name}; 'deploy config explain ConnectionStrings:{name}' names where it comes "
                        + $"from."
                )
                {
                    Key = KeyOf(name),
                },
            ]
        );

    // By number, never by name: in a text that is cut at the wrong place the name may be a piece of the password.
    private static string Place(DbProviderFactory factory, string text)
    {
        DbConnectionStringBuilder settings;
        try
        {
            settings = new DbConnectionStringBuilder { ConnectionString = text };
        }
        catch (ArgumentException)
        {
            return "it is no list of settings";
        }

        List<string> keywords = [.. settings.Keys.Cast<string>()];
        var odd = keywords.FindIndex(keyword => !Takes(() => Builder(factory)[keyword] = settings[keyword]));
        // No driver takes one by itself that needs another beside it: what is left without the odd one it takes.
        if (odd < 0)
            odd = keywords.FindIndex(keyword => Takes(() => Without(factory, settings, keyword)));
        return odd < 0
            ? "the driver does not take its settings together"
            : $"setting {odd + 1} of it is none that the driver knows, or has a value that it does not take";
    }

    private static DbConnectionStringBuilder Builder(DbProviderFactory factory) =>
        factory.CreateConnectionStringBuilder() ?? new DbConnectionStringBuilder();

    private static void Without(DbProviderFactory factory, DbConnectionStringBuilder settings, string keyword)
    {
        var others = new DbConnectionStringBuilder { ConnectionString = settings.ConnectionString };
        others.Remove(keyword);
        using var connection = factory.CreateConnection()!;
        connection.ConnectionString = others.ConnectionString;
        _ = connection.Database;
    }

    private static bool Takes(Action set)
    {
        try
        {
            set();
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return false;
        }
    }
}
