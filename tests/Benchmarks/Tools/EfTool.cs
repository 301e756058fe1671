using System.Reflection;
using System.Reflection.Emit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Benchmarks.Tools;

/// <summary>Its migrations are classes of an assembly, as <c>dotnet ef</c> leaves them: each runs a script of the folder.</summary>
internal sealed class EfTool : Contestant
{
    private static readonly Dictionary<string, Assembly> s_assemblies = new(StringComparer.Ordinal);

    internal override string Name => "EF Core";

    internal override void Prepare(string scripts)
    {
        var file = Path.Combine(scripts, "ef", "Scripts.dll");
        if (!File.Exists(file)) Write(scripts, file);
        s_assemblies[scripts] = Assembly.LoadFrom(file);
        ScriptMigration.Folder = scripts;
    }

    internal override async Task RunAsync(Place place)
    {
        await using var context = new ScriptsContext(place, s_assemblies[place.Scripts]);
        await context.Database.MigrateAsync();
    }

    private static void Write(string scripts, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // A context belongs to one assembly of migrations, and a process may measure several.
        var assembly = new PersistedAssemblyBuilder(new AssemblyName($"Scripts{Guid.NewGuid():N}"), typeof(object).Assembly);
        var module = assembly.DefineDynamicModule("Scripts");
        var id = typeof(MigrationAttribute).GetConstructor([typeof(string)])!;
        var context = new CustomAttributeBuilder(typeof(DbContextAttribute).GetConstructor([typeof(Type)])!, [typeof(ScriptsContext)]);
        foreach (var script in Directory.EnumerateFiles(scripts, "*.sql").Select(static script => Path.GetFileNameWithoutExtension(script)))
        {
            var migration = module.DefineType($"Scripts.M{script}", TypeAttributes.Public | TypeAttributes.Class, typeof(ScriptMigration));
            migration.SetCustomAttribute(new CustomAttributeBuilder(id, [script]));
            migration.SetCustomAttribute(context);
            migration.DefineDefaultConstructor(MethodAttributes.Public);
            migration.CreateType();
        }

        assembly.Save(file);
    }
}

/// <summary>A migration that runs a script. Its own assembly derives from it.</summary>
public abstract class ScriptMigration : Migration
{
    internal static string Folder { get; set; } = "";

    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(File.ReadAllText(Path.Combine(Folder, GetType().GetCustomAttribute<MigrationAttribute>()!.Id + ".sql")));
    }
}

/// <summary>A context without a model: only its migrations are run.</summary>
public sealed class ScriptsContext : DbContext
{
    private readonly Place _place;
    private readonly Assembly _migrations;

    internal ScriptsContext(Place place, Assembly migrations) => (_place, _migrations) = (place, migrations);

    /// <inheritdoc/>
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder)
    {
        ArgumentNullException.ThrowIfNull(optionsBuilder);
        _ = _place.IsPostgreSql
            ? optionsBuilder.UseNpgsql(_place.ConnectionString, options => options.MigrationsAssembly(_migrations))
            : optionsBuilder.UseSqlite(_place.ConnectionString, options => options.MigrationsAssembly(_migrations));
        optionsBuilder.ConfigureWarnings(static warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
    }
}
