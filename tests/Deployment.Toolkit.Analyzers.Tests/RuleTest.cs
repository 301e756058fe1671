using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>A rule's test with the references and implicit usings of a web application.</summary>
internal static class RuleTest
{
    private const string Usings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    /// <summary>What the markup expects is reported, and the compiler has no complaint.</summary>
    public static Task Reports<TAnalyzer>(string source, params MetadataReference[] references)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var test = new CSharpAnalyzerTest<TAnalyzer>();
        Prepare(test.TestState, source, references);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>As statements of a program that has <c>builder</c> and <c>args</c>.</summary>
    public static Task ReportsInProgram<TAnalyzer>(string statements, string rest = "")
        where TAnalyzer : DiagnosticAnalyzer, new() => Reports<TAnalyzer>(Program(statements, rest));

    /// <summary>As a program of statements that stand in no type.</summary>
    public static Task ReportsInStatements<TAnalyzer>(string source)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var test = new CSharpAnalyzerTest<TAnalyzer>();
        Prepare(test.TestState, source, []);
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    public static Task Expects<TAnalyzer>(string source, params DiagnosticResult[] expected)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var test = new CSharpAnalyzerTest<TAnalyzer>();
        Prepare(test.TestState, source, []);
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>One by one and in all three scopes, the fix leads to the second text; without one, none is offered.</summary>
    public static Task Fixes<TAnalyzer, TCodeFix>(string source, string? fixedSource)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TCodeFix : CodeFixProvider, new()
    {
        var test = new CSharpCodeFixTest<TAnalyzer, TCodeFix>();
        Prepare(test.TestState, source, []);
        if (fixedSource is not null)
        {
            Prepare(test.FixedState, fixedSource, []);
        }

        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    public static string Program(string statements, string rest = "") =>
        $$"""
        using Microsoft.EntityFrameworkCore;

        public static partial class Program
        {
            public static void Main(string[] args)
            {
                var builder = WebApplication.CreateBuilder(args);
                {{statements.ReplaceLineEndings("\n        ").Replace("\n        \n", "\n\n", StringComparison.Ordinal)}}
            }
        }

        public class Db : DbContext;

        {{rest}}
        """;

    private static void Prepare(SolutionState state, string source, MetadataReference[] references)
    {
        state.Sources.Add(source);
        state.Sources.Add(("/0/Usings.cs", Usings));
        foreach (var reference in (MetadataReference[])[DeploymentApi.Reference, LibraryApi.Reference, .. references])
        {
            state.AdditionalReferences.Add(reference);
        }
    }
}
