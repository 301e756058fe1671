using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers.Tests;

public sealed class MigrationVersionAnalyzerTests
{
    private const string Down = "DROP TABLE x;";

    [Fact]
    public Task A_version_that_two_scripts_have_is_reported_on_the_later() => Run("",
        ("Migrations/0001_users.sql", "SELECT 1;"), ("Migrations/0001_users.down.sql", Down), ("Migrations/001_names.sql", "{|DTK5002:SELECT 2;|}"));

    [Fact]
    public Task A_script_without_a_version_is_reported() => Run("",
        ("Migrations/0001_users.sql", "SELECT 1;"), ("Migrations/0001_users.down.sql", Down), ("Migrations/names.sql", "{|DTK5002:SELECT 2;|}"));

    [Fact]
    public Task A_script_that_runs_again_whenever_its_content_is_another_needs_no_version() => Run("",
        ("Migrations/0001_users.sql", "SELECT 1;"), ("Migrations/0001_users.down.sql", Down), ("Migrations/R__names.sql", "SELECT 1;"), ("Migrations/R__more.sql", "SELECT 1;"), ("Migrations/R__more.down.sql", Down), ("Migrations/R__.sql", "{|DTK5002:SELECT 2;|}"));

    [Fact]
    public Task A_way_back_of_nothing_is_reported() => Run("",
        ("Migrations/0001_users.sql", "SELECT 1;"), ("Migrations/0002_users.down.sql", "{|DTK5002:DROP TABLE x;|}"));

    [Fact]
    public async Task A_script_that_runs_before_one_that_is_listed_before_it_is_a_warning()
    {
        var test = new CSharpAnalyzerTest<MigrationVersionAnalyzer> { TestCode = "" };
        test.TestState.AdditionalFiles.Add(("/0/Migrations/10_a.sql", "SELECT 1;"));
        test.TestState.AdditionalFiles.Add(("/0/Migrations/9_b.sql", "{|#0:SELECT 1;|}"));
        test.TestState.AdditionalFiles.Add(("/0/Migrations/9_b.down.sql", "SELECT 1;"));
        test.ExpectedDiagnostics.Add(new DiagnosticResult("DTK5002", DiagnosticSeverity.Warning).WithLocation(0)
            .WithMessage("Migration '9_b.sql' runs before '10_a.sql', though it is listed after it. Write versions with the same number of digits."));
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public Task Versions_in_order_other_folders_and_other_tools_are_silent() => Run("",
        ("Migrations/0001_users.sql", "SELECT 1;"), ("Migrations/0001_users.down.sql", Down), ("Migrations/0007_names.sql", "SELECT 2;"),
        ("Queries/names.sql", "SELECT 2;"), ("Other/V1__init.sql", "SELECT 1;"), ("Other/V2__more.sql", "SELECT 1;"), ("Copy/0001_users.sql", "SELECT 1;"));

    [Theory]
    [InlineData("[T.Migration({|DTK5002:\"7a\"|}, \"x\")] public class A : Up;")]
    [InlineData("public class {|DTK5002:A|} : Up;")]
    [InlineData("[T.Migration(\"0007\", \"x\")] public class A : Up; [T.Migration({|DTK5002:\"7\"|}, \"y\")] public class B : Up;")]
    [InlineData("[T.Migration({|DTK5002:\"0001\"|}, \"x\")] public class A : Up;")]
    [InlineData("[E.Migration(\"20240101_A\")] public class A : Ef; [E.Migration({|DTK5002:\"20240101_A\"|})] public class B : Ef;")]
    public Task A_class_with_no_version_or_a_duplicate_is_reported(string code) => Run(Classes + code, ("Migrations/0001_users.sql", "SELECT 1;"), ("Migrations/0001_users.down.sql", Down));

    [Theory]
    [InlineData("[T.Migration(\"0002\", \"x\")] public class A : Up; [T.Migration(\"0003\", \"y\")] public class B : Up;")]
    [InlineData("[E.Migration(\"20240101_A\")] public class A : Ef; [E.Migration(\"20240101_B\")] public class B : Ef; public class C : Ef;")]
    public Task Classes_with_versions_of_their_own_are_silent(string code) => Run(Classes + code, ("Migrations/0001_users.sql", "SELECT 1;"), ("Migrations/0001_users.down.sql", Down));

    private const string Classes =
        """
        using E = Microsoft.EntityFrameworkCore.Migrations; using T = Deployment.Toolkit.Migrations;
        public abstract class Up : T.Migration { public override System.Threading.Tasks.Task UpAsync(T.MigrationContext c, System.Threading.CancellationToken t) => c.ExecuteAsync("x", t); }
        public abstract class Ef : E.Migration { protected override void Up(E.MigrationBuilder b) { } }

        """;

    private static Task Run(string code, params (string Path, string Text)[] files)
    {
        var test = new CSharpAnalyzerTest<MigrationVersionAnalyzer> { TestCode = code };
        test.TestState.AdditionalReferences.Add(DeploymentApi.Reference);
        test.TestState.AdditionalReferences.Add(LibraryApi.Reference);
        Array.ForEach(files, file => test.TestState.AdditionalFiles.Add(("/0/" + file.Path, file.Text)));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
