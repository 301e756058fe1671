using Deployment.Toolkit.DatabaseJournal;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit;

/// <summary>Journals in a database.</summary>
public static class JournalDatabaseExtensions
{
    /// <summary>
    /// Keeps the journals in the database that was named last, instead of on the disk of the machine that deploys: whoever reaches the
    /// database can deploy, roll back and see what was done.
    /// </summary>
    /// <param name="builder">The builder, on which a database was named.</param>
    /// <param name="configure">Says more.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder ForJournal(this DeploymentBuilder builder, Action<JournalDatabaseOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new JournalDatabaseOptions();
        configure?.Invoke(options);
        if (builder.Registrations.Of<DeclaredDatabases>().Last is not var (name, dialect, connect))
        {
            builder.Declarations.Refuse(
                "ForJournal() is called before any database was named, and is about the one named last. Call it behind UseSqlite(…), UsePostgreSql(…) or UseMySql(…)."
            );
            return builder;
        }

        if (options.ConnectionString is not null && !dialect.IsServer)
        {
            builder.Declarations.Refuse(
                $"ForJournal names connection string '{options.ConnectionString}', and beside SQLite the journals have a file of their own. "
                    + "Leave ConnectionString out; a folder for the journals of all environments is the setting Deployment:Directory, without "
                    + "ForJournal()."
            );
            return builder;
        }

        if (
            builder.Declarations.Add(
                "journal",
                "The journal",
                nameof(ForJournal),
                Declared.Of("schema", options.Schema),
                Declared.Of("connection string", options.ConnectionString),
                Declared.Of("key", options.KeySetting),
                new Declared("database", null, connect)
            )
        )
            builder.Registrations.Of<ChosenJournal>().Choose(dialect.Journals, connect, options, name);
        builder.Registrations.Of<DeclaredSecrets>().Add(options.KeySetting);
        return builder;
    }
}
