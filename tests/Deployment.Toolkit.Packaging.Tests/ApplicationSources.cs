namespace Deployment.Toolkit.Packaging.Tests;

/// <summary>The applications that use the packages: what a person would write, with a mistake here and there.</summary>
internal static class ApplicationSources
{
    private const string Options =
        """
        namespace Mail;

        public sealed class SmtpOptions
        {
            public string? Host { get; set; }

            public int Port { get; set; }

            public System.TimeSpan Timeout { get; set; }
        }

        """;

    private const string Settings =
        """
        {
          // Taken from the old system.
          "Smtp": {
            "Hots": "mail.example.com", // its name
            "Port": "1,025",
            /* seconds */ "Timeout": 30
          }
        }

        """;

    private const string WebProgram =
        """
        using Mail;

        var builder = WebApplication.CreateBuilder(args);
        builder.Services.Configure<SmtpOptions>(builder.Configuration.GetSection("Smtp"));
        var app = builder.Build();
        if (app.Environment.EnvironmentName == "Production") Console.WriteLine("live");
        app.Run();

        """;

    /// <summary>All files, by their path below the folder of the solution.</summary>
    internal static IEnumerable<(string Path, string Text)> All(string version)
    {
        string[] projects = ["Web", "Worker", "Library", "Host", "LibraryHost", "PrivateLibrary", "PrivateHost", "PrivateAll", "Central", "Fixable", "FixableToo"];
        yield return ("All.slnx", Solution(projects));
        // The applications are on their own, whatever lies above the folder.
        yield return ("Directory.Build.props", "<Project />\n");
        yield return ("Directory.Build.targets", "<Project />\n");

        // What README says to do.
        yield return Project("Web", "Microsoft.NET.Sdk.Web", Package("Deployment.Toolkit.CommandLine", version));
        yield return ("Web/Options.cs", Options);
        yield return ("Web/Program.cs", "using Deployment.Toolkit;\n" + WebProgram.Replace("app.Run();", "return await app.RunDeploymentAsync(args);", StringComparison.Ordinal)
            .Replace("var app", "builder.AddDeployment().AddMigrations();\nvar app", StringComparison.Ordinal));
        yield return ("Web/appsettings.json", Settings);
        yield return ("Web/appsettings.Production.json", """{ "DetailedErrors": true, "Smtp": { "Prot": 25 } }""" + "\n");
        yield return ("Web/Properties/launchSettings.json", """{ "profiles": { "Web": { "environmentVariables": { "Smtp__Hots": "localhost" } } } }""" + "\n");
        yield return ("Web/.env", "Smtp__Prot=25\n");
        yield return ("Web/compose.yml", "services:\n  web:\n    build: .\n    environment:\n      Smtp__Hots: mail\n      Smtp__Port: 25\n");
        yield return ("Web/Migrations/0001_items.sql", "CREATE TABLE items (id INTEGER PRIMARY KEY);\n");
        yield return ("Web/Migrations/postgresql/0001_items.sql", "CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);\n");
        yield return ("Web/Migrations/0002_names.sql", "-- Names.\nALTER TABLE items ADD COLUMN name TEXT;\n");
        yield return ("Web/Migrations/0002_names.down.sql", "ALTER TABLE items DROP COLUMN name;\n");
        yield return ("Web/Migrations/0003_upper.SQL", "CREATE TABLE upper_case (id INTEGER PRIMARY KEY);\n");
        yield return ("Web/Migrations/0003_upper.down.SQL", "DROP TABLE upper_case;\n");
        yield return ("Web/Migrations/old/10_users.sql", "CREATE TABLE users (id INTEGER);\n");
        yield return ("Web/Migrations/old/9_names.sql", "SELECT 1;\n");

        yield return Project("Worker", "Microsoft.NET.Sdk.Worker", Package("Deployment.Toolkit", version), Package("Microsoft.Extensions.Hosting", "10.0.14"),
            // Shown by the project itself too, in ways of its own.
            "<AdditionalFiles Include=\"$(MSBuildProjectDirectory)/appsettings.json\" />", "<AdditionalFiles Include=\"Migrations/*.sql\" />");
        yield return ("Worker/Migrations/0001_items.sql", "CREATE TABLE items (id INTEGER PRIMARY KEY);\n");
        yield return ("Worker/Migrations/0002_more.sql", "CREATE TABLE more (id INTEGER PRIMARY KEY);\n");
        yield return ("Worker/Migrations/0001_items.down.sql", "DROP TABLE items;\n");
        yield return ("Worker/Options.cs", Options);
        yield return ("Worker/Program.cs", WebProgram.Replace("WebApplication.CreateBuilder", "Host.CreateApplicationBuilder", StringComparison.Ordinal)
            .Replace("app.Environment", "builder.Environment", StringComparison.Ordinal));
        yield return ("Worker/appsettings.json", Settings);

        // The options stand in the library, their values in the host.
        yield return Project("Library", "Microsoft.NET.Sdk", Package("Deployment.Toolkit", version));
        yield return ("Library/Options.cs", Options);
        yield return ("Library/MailServices.cs", LibraryServices);
        yield return Project("Host", "Microsoft.NET.Sdk.Web", Reference("Library"), Package("Deployment.Toolkit", version));
        yield return ("Host/Program.cs", HostProgram);
        yield return ("Host/appsettings.json", Settings);

        // A plain reference is said to keep analyzers to itself; the SDK hands them on.
        yield return Project("LibraryHost", "Microsoft.NET.Sdk.Web", Reference("Library"));
        yield return ("LibraryHost/Program.cs", HostProgram);
        yield return ("LibraryHost/appsettings.json", Settings);

        // The library keeps the package to itself, and the host has it with analyzers that its build takes out.
        yield return Project("PrivateLibrary", "Microsoft.NET.Sdk", Package("Deployment.Toolkit", version, "PrivateAssets=\"all\""));
        yield return ("PrivateLibrary/Options.cs", Options);
        yield return ("PrivateLibrary/MailServices.cs", LibraryServices);
        yield return Project("PrivateHost", "Microsoft.NET.Sdk.Web", Reference("PrivateLibrary"), Package("Deployment.Toolkit", version));
        yield return ("PrivateHost/Directory.Build.targets", WithoutAnalyzers);
        yield return ("PrivateHost/Program.cs", HostProgram);
        yield return ("PrivateHost/appsettings.json", Settings);

        // As people reference analyzers.
        yield return Project("PrivateAll", "Microsoft.NET.Sdk.Web", Reference("PrivateLibrary"), Package("Deployment.Toolkit", version, "PrivateAssets=\"all\""));
        yield return ("PrivateAll/Program.cs", HostProgram);
        yield return ("PrivateAll/appsettings.json", Settings);

        yield return ("Central/Directory.Packages.props", $"""
            <Project>
              <PropertyGroup>
                <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
              </PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="Deployment.Toolkit.CommandLine" Version="{version}" />
                <PackageVersion Include="Deployment.Toolkit.FluentValidation" Version="{version}" />
              </ItemGroup>
            </Project>

            """);
        yield return Project("Central", "Microsoft.NET.Sdk.Web", Package("Deployment.Toolkit.CommandLine"), Package("Deployment.Toolkit.FluentValidation"));
        yield return ("Central/Options.cs", Options);
        yield return ("Central/Program.cs", WebProgram);
        yield return ("Central/appsettings.json", Settings);

        // Two, because `dotnet format` asks a fix once for each project of a solution.
        foreach (var name in (string[])["Fixable", "FixableToo"])
        {
            yield return Project(name, "Microsoft.NET.Sdk.Web", Package("Deployment.Toolkit", version));
            yield return ($"{name}/Options.cs", Options);
            yield return ($"{name}/Program.cs", WebProgram.Replace("var app", "builder.Services.Configure<CacheOptions>(builder.Configuration.GetSection(\"Cache\"));\nvar app", StringComparison.Ordinal));
            yield return ($"{name}/CacheOptions.cs", Options.Replace("SmtpOptions", "CacheOptions", StringComparison.Ordinal));
            yield return ($"{name}/appsettings.json", Settings.Replace("  }\n}", "  },\n  \"Cahce\": { \"Port\": 1 } // soon\n}", StringComparison.Ordinal));
        }

        yield return ("Fixable.slnx", Solution("Fixable", "FixableToo"));
    }

    private const string LibraryServices =
        """
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;

        namespace Mail;

        public static class MailServices
        {
            public static IServiceCollection AddMail(this IServiceCollection services, IConfiguration configuration) =>
                services.Configure<SmtpOptions>(configuration.GetSection("Smtp"));
        }

        """;

    private const string WithoutAnalyzers =
        """
        <Project>
          <Target Name="TakeOutAnalyzers" BeforeTargets="CoreCompile">
            <ItemGroup>
              <Analyzer Remove="@(Analyzer)" />
            </ItemGroup>
          </Target>
        </Project>

        """;

    private const string HostProgram =
        """
        using Mail;

        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddMail(builder.Configuration);
        builder.Build().Run();

        """;

    private static string Solution(params string[] projects) =>
        $"<Solution>\n{string.Concat(projects.Select(static p => $"  <Project Path=\"{p}/{p}.csproj\" />\n"))}</Solution>\n";

    private static (string Path, string Text) Project(string name, string sdk, params string[] items) => ($"{name}/{name}.csproj", $"""
        <Project Sdk="{sdk}">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
          </PropertyGroup>
          <ItemGroup>
            {string.Join("\n    ", items)}
          </ItemGroup>
        </Project>

        """);

    private static string Package(string name, string? version = null, string more = "") =>
        $"<PackageReference Include=\"{name}\" {(version is null ? "" : $"Version=\"{version}\"")} {more} />";

    private static string Reference(string name) => $"<ProjectReference Include=\"../{name}/{name}.csproj\" />";
}
