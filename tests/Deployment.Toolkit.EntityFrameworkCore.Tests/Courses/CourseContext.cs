using Microsoft.EntityFrameworkCore;

namespace Deployment.Toolkit.EntityFrameworkCore.Tests.Courses;

internal class CourseContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Publisher> Publishers => Set<Publisher>();

    public DbSet<Author> Authors => Set<Author>();

    public DbSet<Course> Courses => Set<Course>();

    public DbSet<Lesson> Lessons => Set<Lesson>();

    public DbSet<Exercise> Exercises => Set<Exercise>();

    public DbSet<Learner> Learners => Set<Learner>();

    public DbSet<Enrollment> Enrollments => Set<Enrollment>();

    public DbSet<Tag> Tags => Set<Tag>();

    public DbSet<Answer> Answers => Set<Answer>();

    public DbSet<Review> Reviews => Set<Review>();

    public DbSet<Attachment> Attachments => Set<Attachment>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Learner>().HasIndex(l => l.Email).IsUnique();
        modelBuilder.Entity<Enrollment>().HasKey(e => new { e.LearnerId, e.CourseId });
        modelBuilder.Entity<Course>().HasIndex(c => c.Slug);
        modelBuilder.Entity<Course>().Property(c => c.Price).HasDefaultValue(0m);
        modelBuilder.Entity<Lesson>().Property(l => l.Title).HasMaxLength(200);
        modelBuilder.Entity<Tag>().HasData(new Tag { Id = 1, Text = "new" }, new Tag { Id = 2, Text = "it's popular" });
    }
}

/// <summary>The same on PostgreSQL, whose provider writes other migrations.</summary>
internal sealed class PgCourseContext(DbContextOptions<PgCourseContext> options) : CourseContext(options);
